// Every table: sort, search, copy, CSV.
const LONG = 12;
const valueOf = (row, column) => {
  const cell = row.cells[column];
  if (!cell) return "";
  const given = cell.dataset.sort;
  if (given === undefined) return cell.textContent.trim();
  const number = Number(given);
  return given === "" || Number.isNaN(number) ? given : number;
};
const compared = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return 1;
  if (typeof b === "number") return -1;
  return a.localeCompare(b, page.lang);
};
const headsOf = (table) => Array.from(table.tHead.rows[table.tHead.rows.length - 1].cells);

const sortable = (table) => {
  const body = table.tBodies[0];
  const words = cockpit.words(table);
  const heads = headsOf(table);
  const order = () => {
    const column = heads.findIndex((head) => head.hasAttribute("aria-sort"));
    if (column < 0) return;
    const sign = heads[column].getAttribute("aria-sort") === "ascending" ? 1 : -1;
    body.append(...Array.from(body.rows).sort((a, b) => sign * compared(valueOf(a, column), valueOf(b, column))));
  };
  document.addEventListener("shown", order);
  heads.forEach((head) => {
    const name = head.textContent.trim();
    const button = made("button", { type: "button", title: words.sort });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.classList.contains("number") || head.classList.contains("upright") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const direction = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((item) => item.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", direction);
      order();
      cockpit.announce(filled(words[`sorted_${direction}`], { column: name }));
    });
  });
};

const drawnRows = (table) => Array.from(table.tBodies[0].rows).filter((row) => getComputedStyle(row).display !== "none");
const textOf = (cell) => {
  const [main, ...small] = Array.from(cell.childNodes).reduce((parts, node) => {
    if (node.nodeName === "SMALL") parts.push(node.textContent.trim());
    else if (node.nodeName !== "svg") parts[0] += node.getAttribute && node.getAttribute("aria-hidden") ? "" : node.textContent;
    return parts;
  }, [""]);
  return { main: main.trim().replace(/\s+/g, " "), small: small.join("; ").replace(/\s+/g, " ") };
};
const captionOf = (table) => (table.caption ? table.caption.textContent.trim() : "");
const baseOf = (box) => { const found = box.querySelector(".base"); return found ? found.textContent.trim() : ""; };

// A spreadsheet runs texts that begin with these; an apostrophe keeps them texts.
const harmless = (text) => (/^[\s\u200b]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text);

// A number as a program reads it: from data-sort, else from the text in its language's format.
const plainNumber = (cell) => {
  const given = cell.dataset.sort;
  if (given !== undefined && given !== "" && !Number.isNaN(Number(given))) return given;
  const { decimal, thousands } = cockpit.words(cell);
  const text = textOf(cell).main.split(thousands).join("").replace(/[\u00a0\u202f ]/g, "")
    .replace(decimal, ".").replace("\u2212", "-");
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? text : null;
};

// Columns of a file: a number as such with the ends of its interval, what stands below as text.
const columnsOf = (table, rows, words) => headsOf(table).flatMap((head, place) => {
  const name = head.textContent.trim();
  const cells = rows.map((row) => row.cells[place]);
  const number = (cell) => { const found = cell.classList.contains("number") ? plainNumber(cell) : null; return found === null ? textOf(cell).main : found; };
  const found = [{ name, values: cells.map(number) }];
  if (cells.some((cell) => cell.dataset.low !== undefined)) {
    found.push({ name: `${name} (${words.low})`, values: cells.map((cell) => cell.dataset.low || "") });
    found.push({ name: `${name} (${words.high})`, values: cells.map((cell) => cell.dataset.high || "") });
  }
  const details = cells.map((cell) => textOf(cell).small);
  if (details.some(Boolean)) found.push({ name: `${name} (${words.detail})`, values: details });
  return found;
});
const quoted = (text) => `"${harmless(text).replace(/"/g, '""')}"`;
const csvOf = (box) => {
  const table = box.querySelector("table");
  const words = cockpit.words(box);
  const rows = drawnRows(table);
  const columns = columnsOf(table, rows, words);
  const base = baseOf(box);
  if (base) columns.push({ name: words.base, values: rows.map(() => base) });
  const lines = [columns.map(({ name }) => name), ...rows.map((_, k) => columns.map(({ values }) => values[k]))];
  return `\ufeff${lines.map((line) => line.map(quoted).join(",")).join("\r\n")}\r\n`;
};
const copied = (box) => {
  const table = box.querySelector("table");
  const line = (cells) => cells.map((text) => harmless(text.replace(/\s+/g, " "))).join("\t");
  const cellText = (cell) => { const { main, small } = textOf(cell); return small ? `${main} (${small})` : main; };
  const rows = drawnRows(table).map((row) => line(Array.from(row.cells, cellText)));
  const head = line(headsOf(table).map((cell) => cell.textContent.trim()));
  return [harmless(captionOf(table)), head, ...rows, harmless(baseOf(box))].filter(Boolean).join("\n");
};

const searched = (box, table) => {
  const words = cockpit.words(box);
  const input = made("input", { type: "search", placeholder: words.search, "aria-label": `${words.search}: ${captionOf(table)}` });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase(page.lang);
    const rows = Array.from(table.tBodies[0].rows);
    rows.forEach((row) => { row.hidden = false; });
    const total = drawnRows(table).length;
    rows.forEach((row) => { row.hidden = !row.textContent.toLocaleLowerCase(page.lang).includes(wanted); });
    cockpit.announce(filled(words.rows, { n: drawnRows(table).length, total }));
  });
  return input;
};
const fitTable = (box) => {
  const table = box.querySelector("table");
  const words = cockpit.words(box);
  const caption = captionOf(table);
  const tools = made("div", { class: "table-tools" });
  if (table.tBodies[0].rows.length > LONG) tools.append(searched(box, table));
  const copy = made("button", { type: "button", "aria-label": `${words.copy}: ${caption}` }, words.copy);
  copy.addEventListener("click", () => copyText(copied(box), copy, words));
  const csv = made("button", { type: "button", "aria-label": `${words.csv}: ${caption}` }, words.csv);
  csv.addEventListener("click", () => saved(new Blob([csvOf(box)], { type: "text/csv" }), `${nameOf(box, caption)}.csv`));
  tools.append(copy, csv);
  box.prepend(tools);
  if (table.classList.contains("sortable")) sortable(table);
};
const whenOpen = (element, fit) => {
  const closed = element.closest("details:not([open])");
  if (!closed) fit(element);
  else closed.addEventListener("toggle", () => whenOpen(element, fit), { once: true });
};
cockpit.fit(".table", (box) => whenOpen(box, fitTable));
