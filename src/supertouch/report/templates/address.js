// The address says what is shown: #<section>&lang=en&wave=2022&group=region%3D1&outcome=nps
const state = new Map();
const followers = [];
let anchor = "";
let writing = 0;

const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
const read = () => {
  const pieces = location.hash.slice(1).split("&").filter(Boolean);
  const first = pieces.length && !pieces[0].includes("=") ? decoded(pieces.shift()) : "";
  return { first, pairs: new URLSearchParams(pieces.join("&")) };
};
const written = () => {
  const pairs = new URLSearchParams(Array.from(state)).toString();
  return `#${encodeURIComponent(anchor)}${pairs && `&${pairs}`}`;
};
const write = () => {
  clearTimeout(writing);
  writing = setTimeout(() => {
    try { history.replaceState(history.state, "", written()); } catch { /* not where it is forbidden */ }
  }, 60);
};

cockpit.link = {
  get: (name) => (state.has(name) ? state.get(name) : null),
  set: (name, value) => {
    if (value === null || value === "") state.delete(name);
    else state.set(name, value);
    write();
  },
  on: (follower) => followers.push(follower),
  anchor: () => anchor,
  moved: (to) => { anchor = to; write(); },
  to: (id) => {
    const kept = anchor;
    anchor = id;
    const address = new URL(written(), location.href).href;
    anchor = kept;
    return address;
  },
};

// Links within the page name a section only: what they leave out stays as it was chosen.
const followed = () => {
  const { first, pairs } = read();
  if (!first && !Array.from(pairs).length) return;
  if (Array.from(pairs).length) {
    state.clear();
    pairs.forEach((value, name) => state.set(name, value));
  }
  anchor = first;
  followers.forEach((follower) => follower(cockpit.link.get));
};
new URLSearchParams(location.search).forEach((value, name) => state.set(name, value));
{
  const { first, pairs } = read();
  anchor = first;
  pairs.forEach((value, name) => state.set(name, value));
}
addEventListener("hashchange", followed);
