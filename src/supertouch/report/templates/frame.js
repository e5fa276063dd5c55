// What the page's other scripts stand on: making elements, words, parts that are unpacked later.
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const choices = JSON.parse(document.body.dataset.choices);
const page = document.documentElement;
const cockpit = {};

const made = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, value);
  });
  element.append(...children);
  return element;
};

// Puts values into the places of a sentence; a value that looks like a place stays as it is.
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? values[name] : place));

const UMLAUTS = { ä: "ae", ö: "oe", ü: "ue", Ä: "ae", Ö: "oe", Ü: "ue" };
const slug = (text) => text.normalize("NFC").replace(/[äöüÄÖÜ]/g, (letter) => UMLAUTS[letter]).normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
  .replace(/ß/g, "ss").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "supertouch";

cockpit.words = (element) => {
  const around = element.closest(".page");
  return choices[around ? Number(around.dataset.language) : cockpit.language || 0].words;
};

// cockpit.fit(selector, f): f is called once for each element, now or when it is unpacked.
const fits = [];
let started = false;
const fitOne = ({ selector, fit, known }, root) => {
  const found = all(selector, root);
  if (root.matches && root.matches(selector)) found.unshift(root);
  found.filter((item) => !known.has(item)).forEach((item) => { known.add(item); fit(item); });
};
cockpit.fit = (selector, fit) => {
  const added = { selector, fit, known: new WeakSet() };
  fits.push(added);
  if (started) fitOne(added, document);
};
cockpit.fitAll = (root) => { started = true; fits.forEach((item) => fitOne(item, root)); };

let speaking = 0;
cockpit.announce = (text) => {
  clearTimeout(speaking);
  speaking = setTimeout(() => { document.getElementById("said").textContent = text; }, 120);
};

// What is said where a part cannot be unpacked.
const tooOld = (words) => made("p", { class: "box tone-warning too-old", role: "alert" }, words.too_old);

// Packs: parts of the page that are compressed; each has its place, an empty element with an id.
const packs = new Map(all("template.pack").map((item) => [item.dataset.pack, item]));
const unpacking = new Map();
const waiting = new Map();
const put = (place) => {
  if (!waiting.has(place.id)) return;
  const html = waiting.get(place.id);
  waiting.delete(place.id);
  place.innerHTML = html;
  all("[id^=part-]", place).forEach(put);
  cockpit.fitAll(place);
};
const unpack = async (item) => {
  const bytes = Uint8Array.from(atob(item.content.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const parts = JSON.parse(await new Response(stream).text());
  parts.forEach(([id, html]) => waiting.set(id, html));
  item.remove();
  return parts.map(([id]) => id);
};
// The ids of a pack's parts, once it is unpacked; none for a pack that there is not.
const idsOf = (key) => {
  const item = packs.get(key);
  if (!item) return Promise.resolve([]);
  if (!unpacking.has(key)) {
    const ids = unpack(item);
    ids.catch(() => unpacking.delete(key));
    unpacking.set(key, ids);
  }
  return unpacking.get(key);
};
cockpit.unpacked = async (key) => {
  const ids = await idsOf(key);
  ids.map((id) => document.getElementById(id)).filter(Boolean).forEach(put);
};
// One part only, of a pack whose parts are put in place one by one.
cockpit.part = async (key, place) => {
  await idsOf(key);
  put(place);
};
