// Language, wave, group, outcome and appearance: one bar, no reload.
const bar = document.querySelector(".bar");
const newest = choices[0].waves.length - 1;
const shown = { language: 0, wave: newest, group: 0, outcome: -1 };
const fields = {};
const printer = made("button", { type: "button", class: "print" });
const fold = made("button", { type: "button", class: "fold", "aria-expanded": "false" });
let turn = 0;

const languageOf = (id) => {
  const codes = choices.map((item) => item.code).filter((code) => id.startsWith(`${code}-`));
  const longest = codes.sort((a, b) => b.length - a.length)[0];
  return choices.findIndex((item) => item.code === longest);
};
const bare = (id) => {
  const place = languageOf(id);
  return place < 0 ? id : id.slice(choices[place].code.length + 1);
};
const preferred = () => {
  const wanted = (navigator.language || "").toLowerCase();
  const exact = choices.findIndex((item) => item.code.toLowerCase() === wanted);
  const near = choices.findIndex((item) => item.code.split("-")[0] === wanted.split("-")[0]);
  return Math.max(exact, near, 0);
};
const placed = (list, id) => list.findIndex(([key]) => key === id);

const wantedNow = () => {
  const language = choices.findIndex((item) => item.code === cockpit.link.get("lang"));
  const named = languageOf(cockpit.link.anchor());
  const wave = placed(choices[0].waves, cockpit.link.get("wave"));
  return {
    language: language >= 0 ? language : named,
    wave: wave >= 0 ? wave : newest,
    group: Math.max(placed(choices[0].groups, cockpit.link.get("group")), 0),
    outcome: placed(choices[0].outcomes, cockpit.link.get("outcome")),
  };
};

const keysOf = ({ language, wave, group }) => {
  const one = `${language}`;
  const two = `${language}-${wave}`;
  return group ? [one, two, `${one}-g${group}`, `${two}-g${group}`] : [one, two];
};

const option = (text, value) => made("option", { value }, text);
const refill = () => {
  const { words, waves, groups, outcomes } = choices[shown.language];
  const lists = {
    language: choices.map((item, k) => option(item.name, k)),
    wave: waves.map(([, label], k) => option(label, k)),
    group: groups.map(([, label], k) => option(label, k)),
    outcome: [option(words.outcome_all, -1), ...outcomes.map(([, label], k) => option(label, k))],
    theme: ["auto", "light", "dark"].map((name) => option(words[`theme_${name}`], name)),
  };
  Object.entries(fields).forEach(([name, { label, select }]) => {
    label.textContent = words[name];
    select.replaceChildren(...lists[name]);
    select.value = name === "theme" ? page.dataset.theme || "auto" : shown[name];
  });
  printer.textContent = words.print;
  fold.textContent = words.choices;
  bar.setAttribute("aria-label", words.choices);
  const skip = document.querySelector(".skip");
  skip.textContent = words.skip;
  const first = document.querySelector(`.page[data-language="${shown.language}"] section`);
  if (first) skip.setAttribute("href", `#${first.id}`);
};
const told = () => {
  const { words, waves, groups, outcomes, name } = choices[shown.language];
  const parts = [name];
  if (waves.length) parts.push(waves[shown.wave][1]);
  if (shown.group) parts.push(groups[shown.group][1]);
  if (shown.outcome >= 0) parts.push(outcomes[shown.outcome][1]);
  return filled(words.loaded, { shown: parts.join(", ") });
};

const whole = () => {
  const { words, groups } = choices[shown.language];
  all(`.page[data-language="${shown.language}"] .whole`).forEach((item) => {
    item.hidden = !shown.group;
    item.textContent = shown.group ? filled(words.group_whole, { group: groups[shown.group][1] }) : "";
  });
};

// The reader stays at the section that stood at the top.
const watched = () => {
  const sections = all(".page:not([hidden]) section");
  const found = sections.filter((item) => item.getBoundingClientRect().top < innerHeight / 3).pop();
  return found && scrollY > 0 ? { id: bare(found.id), top: found.getBoundingClientRect().top } : null;
};
const back = (place) => {
  if (!place) return;
  const section = document.getElementById(`${choices[shown.language].code}-${place.id}`);
  if (section) scrollBy({ top: section.getBoundingClientRect().top - Math.max(place.top, 60 - section.offsetHeight), behavior: "instant" });
};

const apply = (next) => {
  Object.assign(shown, next);
  cockpit.language = shown.language;
  const { code, title } = choices[shown.language];
  page.lang = code;
  document.title = title;
  page.dataset.shownWave = shown.wave;
  page.dataset.shownGroup = shown.group;
  page.dataset.shownOutcome = shown.outcome;
  all(".page").forEach((item) => { item.hidden = Number(item.dataset.language) !== shown.language; });
  refill();
  whole();
  document.dispatchEvent(new Event("shown"));
};

cockpit.show = async (wanted) => {
  const mine = turn += 1;
  const next = { ...shown, ...wanted };
  const place = watched();
  page.classList.add("busy");
  try {
    for (const key of keysOf(next)) await cockpit.unpacked(key);
  } catch {
    if (mine === turn) {
      page.classList.remove("busy");
      refill();
      all(".too-old").forEach((item) => item.remove());
      bar.after(tooOld(choices[shown.language].words));
    }
    return;
  }
  if (mine !== turn) return;
  apply(next);
  back(place);
  page.classList.remove("busy");
};

const chosen = async (name, value) => {
  await cockpit.show({ [name]: value });
  const { code, waves, groups, outcomes } = choices[shown.language];
  cockpit.link.set("lang", code);
  cockpit.link.set("wave", shown.wave < newest ? waves[shown.wave][0] : null);
  cockpit.link.set("group", shown.group ? groups[shown.group][0] : null);
  cockpit.link.set("outcome", shown.outcome >= 0 ? outcomes[shown.outcome][0] : null);
  if (cockpit.link.anchor()) cockpit.link.moved(`${code}-${bare(cockpit.link.anchor())}`);
  cockpit.announce(told());
};

const themed = (name) => {
  if (name === "auto") delete page.dataset.theme;
  else page.dataset.theme = name;
};
const remembered = (name) => { try { localStorage.setItem("supertouch-theme", name); } catch { /* not kept */ } };
try { themed(localStorage.getItem("supertouch-theme") || "auto"); } catch { /* not kept */ }

const field = (name, useful, changed) => {
  const label = made("span");
  const select = made("select", { id: `choose-${name}` });
  select.addEventListener("change", () => changed(name === "theme" ? select.value : Number(select.value)));
  fields[name] = { label, select };
  return made("label", { class: "choice", hidden: !useful }, label, select);
};
const build = () => {
  const { waves, groups, outcomes } = choices[0];
  fold.addEventListener("click", () => {
    fold.setAttribute("aria-expanded", String(bar.classList.toggle("unfolded")));
  });
  bar.append(
    fold,
    field("language", choices.length > 1, (value) => chosen("language", value)),
    field("wave", waves.length > 1, (value) => chosen("wave", value)),
    field("group", groups.length > 1, (value) => chosen("group", value)),
    field("outcome", outcomes.length > 1, (value) => chosen("outcome", value)),
    field("theme", true, (name) => { themed(name); remembered(name); }),
  );
  printer.addEventListener("click", () => print());
  bar.append(printer);
  bar.hidden = false;
};
