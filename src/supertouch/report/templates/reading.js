// Profiles, code, links to sections, boxes that scroll, and paper.
const opened = (id) => {
  const target = id && document.getElementById(id);
  if (!target) return;
  if (target.tagName === "DETAILS") target.open = true;
  const around = target.closest("details:not([open])");
  if (around) around.open = true;
  target.scrollIntoView();
  requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
  const focus = target.tagName === "DETAILS" ? target.querySelector("summary") : target.querySelector("h2");
  if (!focus) return;
  if (focus.tagName === "H2") focus.tabIndex = -1;
  focus.focus({ preventScroll: true });
};

cockpit.fit(".tools", (tools) => {
  const words = cockpit.words(tools);
  const profiles = all(".profile", tools.parentElement);
  const input = made("input", { type: "search", placeholder: words.filter, "aria-label": words.filter });
  input.addEventListener("input", () => {
    const text = input.value.trim().toLocaleLowerCase(page.lang);
    profiles.forEach((item) => { item.hidden = !item.querySelector("summary").textContent.toLocaleLowerCase(page.lang).includes(text); });
    cockpit.announce(filled(words.found, { n: profiles.filter((item) => !item.hidden).length, total: profiles.length }));
  });
  tools.append(input);
  [["open_all", true], ["close_all", false]].forEach(([name, open]) => {
    const button = made("button", { type: "button" }, words[name]);
    button.addEventListener("click", () => profiles.forEach((item) => { item.open = open; }));
    tools.append(button);
  });
});
// What a profile holds is unpacked when it is opened.
cockpit.fit("details.profile", (profile) => {
  const body = profile.querySelector(".profile-body");
  const fill = async () => {
    if (!profile.open) return;
    try {
      await cockpit.part(profile.dataset.pack, body);
    } catch {
      body.replaceChildren(tooOld(cockpit.words(profile)));
    }
  };
  profile.addEventListener("toggle", fill);
  fill();
});
cockpit.fit("details.profile > summary", (summary) => summary.addEventListener("click", () => {
  if (!summary.parentElement.open) cockpit.link.moved(summary.parentElement.id);
}));

cockpit.fit(".code", (box) => {
  const words = cockpit.words(box);
  const button = made("button", { type: "button" }, words.copy);
  button.addEventListener("click", () => copyText(box.querySelector("code").textContent, button, words));
  box.append(button);
});

cockpit.fit("section", (section) => {
  const words = cockpit.words(section);
  const title = section.querySelector("h2");
  const button = made("button", { type: "button", class: "section-link", title: words.link, "aria-label": `${words.link}: ${title.textContent}` });
  button.addEventListener("click", () => {
    cockpit.link.set("lang", choices[shown.language].code);
    copyText(cockpit.link.to(section.id), button, words);
    cockpit.link.moved(section.id);
  });
  title.after(button);
});

const scrolls = new ResizeObserver((entries) => entries.forEach(({ target }) => {
  if (!target.clientWidth) return;
  const wide = target.scrollWidth > target.clientWidth + 1;
  if (wide) target.tabIndex = 0;
  else if (target !== document.activeElement) target.removeAttribute("tabindex");
  const box = target.closest(".table, figure");
  if (box) box.classList.toggle("scrolls", wide);
}));
cockpit.fit(".scroll", (box) => scrolls.observe(box));

const seen = new Set();
const sections = new IntersectionObserver((entries) => {
  entries.forEach(({ target, isIntersecting }) => (isIntersecting ? seen.add(target.id) : seen.delete(target.id)));
  all(".page:not([hidden]) nav a").forEach((link) => {
    const here = link.getAttribute("href").slice(1);
    const first = all(".page:not([hidden]) section").find((item) => seen.has(item.id));
    if (first && first.id === here) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  });
}, { rootMargin: "-15% 0px -60% 0px" });
cockpit.fit("section", (section) => sections.observe(section));

// The row of sections says that it goes on.
cockpit.fit("nav", (nav) => {
  const list = nav.querySelector("ol");
  const told = () => nav.classList.toggle("further", list.scrollLeft + list.clientWidth < list.scrollWidth - 2);
  list.addEventListener("scroll", told, { passive: true });
  new ResizeObserver(told).observe(list);
});
