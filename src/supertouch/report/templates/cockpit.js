"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  const languages = all("input[name=language]");
  const follow = () => {
    const chosen = languages.find((input) => input.checked);
    if (!chosen) return;
    document.documentElement.lang = chosen.dataset.code;
    document.title = chosen.dataset.title;
  };
  languages.forEach((input) => input.addEventListener("change", follow));
  const wanted = new URLSearchParams(location.search);
  const byCode = languages.find((input) => input.dataset.code === wanted.get("lang"));
  const preferred = languages.find((input) => (navigator.language || "").startsWith(input.dataset.code));
  if (byCode || preferred) (byCode || preferred).checked = true;
  const asked = wanted.get("wave");
  const wave = all("input[name=wave]").find((input) => input.dataset.waveId === asked) || document.getElementById(`wave-${asked}`);
  if (wave) wave.checked = true;
  follow();

  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();

  const scrolls = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const box = target.closest(".table");
    if (box) box.classList.toggle("scrolls", target.scrollWidth > target.clientWidth + 1);
  }));
  all(".table > .scroll").forEach((item) => scrolls.observe(item));

  const value = (row, column) => {
    const cell = row.children[column];
    const given = cell.dataset.sort;
    if (given === undefined) return cell.textContent.trim();
    const number = Number(given);
    return Number.isNaN(number) ? given : number;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return 1;
    if (typeof b === "number") return -1;
    return a.localeCompare(b, document.documentElement.lang);
  };
  all("table.sortable").forEach((table) => {
    const body = table.tBodies[0];
    const heads = Array.from(table.tHead.rows[table.tHead.rows.length - 1].cells);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = table.dataset.hint;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.classList.contains("number") || head.classList.contains("upright") ? "descending" : "ascending";
        const other = first === "ascending" ? "descending" : "ascending";
        const direction = head.getAttribute("aria-sort") === first ? other : first;
        heads.forEach((item) => item.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", direction);
        const sign = direction === "ascending" ? 1 : -1;
        const rows = Array.from(body.rows).sort((a, b) => sign * compare(value(a, column), value(b, column)));
        body.append(...rows);
      });
    });
  });

  all(".tools").forEach((tools) => {
    const profiles = all(".profile", tools.parentElement);
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = tools.dataset.filter;
    field.setAttribute("aria-label", tools.dataset.filter);
    field.addEventListener("input", () => {
      const text = field.value.trim().toLowerCase();
      profiles.forEach((item) => { item.hidden = !item.querySelector("summary").textContent.toLowerCase().includes(text); });
    });
    tools.append(field);
    [["open", true], ["close", false]].forEach(([name, open]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = tools.dataset[name];
      button.addEventListener("click", () => profiles.forEach((item) => { item.open = open; }));
      tools.append(button);
    });
  });

  all(".code").forEach((box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = box.dataset.copy;
    button.addEventListener("click", async () => {
      const code = box.querySelector("code");
      getSelection().selectAllChildren(code);
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = box.dataset.copied;
      } catch {
        button.textContent = box.dataset.copy;
      }
    });
    box.append(button);
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((item) => { item.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((item) => { item.open = false; }));
})();
