// Every table: sort, search, copy, CSV.
const LONG = 12;
const textOf = (cell) => {
  const [main, ...small] = Array.from(cell.childNodes).reduce((parts, node) => {
    if (node.nodeName === "SMALL") parts.push(...node.textContent.split("\n").map((line) => line.trim()).filter(Boolean));
    else parts[0] += node.getAttribute && node.getAttribute("aria-hidden") ? "" : node.textContent;
    return parts;
  }, [""]);
  return { main: main.trim().replace(/\s+/g, " "), small: small.join("; ").replace(/\s+/g, " ") };
};
const isNumbers = (head) => head.classList.contains("number");
const given = (cell) => {
  const text = cell ? cell.dataset.sort : undefined;
  return text === undefined || text === "" || Number.isNaN(Number(text)) ? null : Number(text);
};

// A number is sorted by what is read: by its raw value only where both have the same order.
const valueOf = (cell) => {
  if (!cell) return "";
  if (cell.dataset.sort === undefined) return textOf(cell).main;
  return given(cell) === null ? cell.dataset.sort : given(cell);
};
const readBy = (rows, column) => {
  const cells = rows.map((row) => row.cells[column]).filter(Boolean);
  const pairs = cells.map((cell) => [given(cell), firstNumber(cell)]).filter(([raw, read]) => raw !== null && read !== null);
  pairs.sort(([a, x], [b, y]) => a - b || x - y);
  const same = pairs.every(([, read], k) => k === 0 || read >= pairs[k - 1][1]);
  if (same) return valueOf;
  return (cell) => { const read = cell ? firstNumber(cell) : null; return read === null ? "" : read; };
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
    const rows = Array.from(body.rows);
    const value = isNumbers(heads[column]) ? readBy(rows, column) : valueOf;
    body.append(...rows.sort((a, b) => sign * compared(value(a.cells[column]), value(b.cells[column]))));
  };
  document.addEventListener("shown", order);
  heads.forEach((head) => {
    const name = head.textContent.trim();
    const button = made("button", { type: "button", title: words.sort });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = isNumbers(head) || head.classList.contains("upright") ? "descending" : "ascending";
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
const captionOf = (table) => (table.caption ? table.caption.textContent.trim() : "");
const baseOf = (box) => { const found = box.querySelector(".base"); return found ? found.textContent.trim() : ""; };

// A spreadsheet runs texts that begin with these; an apostrophe keeps them texts. Numbers and
// ranges ("+0.2 to +0.3") are none of its formulas.
const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const RANGE = /^[+-]\d[\d.,'’]*\s?%?\s\p{L}+\s[+\-\u2212]?\d[^()|!@&"]*$/u;
const FORMULA = /^[\s\u200b]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const harmless = (text) => (FORMULA.test(text) && !NUMBER.test(text) && !RANGE.test(text) ? `'${text}` : text);

// Numbers as they are written in a language: "1.234,5" and "−14,5 %" become 1234.5 and -14.5.
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const signs = (cell) => {
  const words = cockpit.words(cell);
  if (!signs.known.has(words)) {
    const [decimal, group] = [escaped(words.decimal), `[${/\s/.test(words.thousands) ? "\\s" : escaped(words.thousands)}]`];
    const one = `[+\\-\u2212]?(?:\\d{1,3}(?:${group}\\d{3})+|\\d+)(?:${decimal}\\d+)?`;
    signs.known.set(words, {
      decimal: words.decimal,
      pure: new RegExp(`^(${one})(?:\\s?(%))?$`),
      first: new RegExp(`(?<![\\p{L}\\d])${one}(?!${decimal}?\\d)`, "u"),
      ends: new RegExp(`^(${one})\\s?%?\\s\\p{L}+\\s(${one})\\s?(%?)(?![\\d])`, "u"),
    });
  }
  return signs.known.get(words);
};
signs.known = new Map();
const plain = (text, { decimal }) => {
  const [whole, digits] = text.replace("\u2212", "-").replace("+", "").split(decimal);
  const sign = whole.startsWith("-") ? "-" : "";
  const number = sign + whole.replace(/\D/g, "");
  return digits === undefined ? number : `${number}.${digits}`;
};
// A number (text) a hundred times smaller, digit by digit.
const hundredth = (text) => {
  const [, sign, whole, digits = ""] = text.match(/^(-?)(\d+)(?:\.(\d+))?$/);
  const long = whole.padStart(3, "0");
  return `${sign}${long.slice(0, -2)}.${long.slice(-2)}${digits}`.replace(/^(-?)0+(?=\d)/, "$1");
};
const firstNumber = (cell) => {
  const known = signs(cell);
  const found = textOf(cell).main.match(known.first);
  return found ? Number(plain(found[0], known)) : null;
};
// What is shown, if it is one number: as text, in the scale of a file (percentages as shares).
const shownNumber = (text, known) => {
  const found = text.match(known.pure);
  if (!found) return null;
  return found[2] ? hundredth(plain(found[1], known)) : plain(found[1], known);
};
// Whether a raw value is what is shown, with more digits.
const agrees = (raw, text) => {
  const places = (text.split(".")[1] || "").length;
  return Math.abs(raw - Number(text)) <= 0.5 * 10 ** -places * (1 + 1e-6);
};

// A column of numbers: as shown; with more digits only where the raw values agree in every row.
const numbersOf = (cells) => {
  const shownIn = cells.map((cell) => shownNumber(textOf(cell).main, signs(cell)));
  const finer = cells.every((cell, k) => shownIn[k] === null || given(cell) === null || agrees(given(cell), shownIn[k]));
  return cells.map((cell, k) => {
    if (shownIn[k] === null) return textOf(cell).main;
    return finer && given(cell) !== null ? cell.dataset.sort : shownIn[k];
  });
};
// The ends of intervals: those of the second line; those drawn, where they agree with it.
const endsOf = (cells) => {
  const found = cells.map((cell) => {
    const known = signs(cell);
    const second = textOf(cell).small.match(known.ends);
    const drawn = cell.querySelector(".span");
    const raw = drawn ? ["--l", "--h"].map((name) => drawn.style.getPropertyValue(name).trim()) : ["", ""];
    const read = second && [second[1], second[2]].map((text) => (second[3] ? hundredth(plain(text, known)) : plain(text, known)));
    const centre = shownNumber(textOf(cell).main, known);
    const fits = raw[0] !== "" && (read ? read.every((text, k) => agrees(Number(raw[k]), text))
      : centre !== null && agrees(Number(drawn.style.getPropertyValue("--v")), centre));
    return { drawn, read, raw, fits };
  });
  if (!found.some(({ drawn, read }) => drawn || read)) return null;
  const finer = found.every(({ drawn, fits }) => !drawn || fits);
  return found.map(({ drawn, read, raw }) => (finer && drawn ? raw : read || ["", ""]));
};

// The head of a column, with that of its group before it.
const namesOf = (table) => {
  const groups = table.tHead.rows.length > 1 ? Array.from(table.tHead.rows[0].cells).flatMap((cell) => Array(cell.colSpan).fill(cell.textContent.trim())) : [];
  return headsOf(table).map((head, k) => [groups[k], head.textContent.trim()].filter(Boolean).join(": "));
};

// Columns of a file: a number as such with the ends of its interval, shares that make up a whole
// one by one, what stands below as text.
const PARTS = " · ";
const numbersIn = (cells, head) => {
  const numbers = numbersOf(cells);
  return cells.map((cell, k) => (isNumbers(head) || isNumbers(cell) ? numbers[k] : textOf(cell).main));
};
const stackedOf = (name, cells) => {
  const names = name.split(PARTS);
  const texts = cells.map((cell) => textOf(cell).main.split(PARTS));
  const whole = cells.some((cell) => cell.querySelector(".stack")) && names.length > 1;
  if (!whole || texts.some((text) => text.length > 1 && text.length !== names.length)) return null;
  const read = (text, cell) => shownNumber(text, signs(cell)) ?? text;
  return names.map((part, k) => ({ name: part, values: texts.map((text, row) => read(text[text.length > 1 ? k : 0], cells[row])) }));
};
const columnsOf = (table, rows, words) => headsOf(table).flatMap((head, place) => {
  const name = namesOf(table)[place];
  const cells = rows.map((row) => row.cells[place]);
  const found = stackedOf(name, cells) || [{ name, values: numbersIn(cells, head) }];
  const ends = cells.some(isNumbers) ? endsOf(cells) : null;
  if (ends) [words.low, words.high].forEach((word, k) => found.push({ name: `${name} (${word})`, values: ends.map((pair) => pair[k]) }));
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
  if (base) columns.push({ name: words.base, values: rows.map((_, k) => (k ? "" : base)) });
  const lines = [columns.map(({ name }) => name), ...rows.map((_, k) => columns.map(({ values }) => values[k]))];
  return `\ufeff${lines.map((line) => line.map(quoted).join(",")).join("\r\n")}\r\n`;
};
const copied = (box) => {
  const table = box.querySelector("table");
  const line = (cells) => cells.map((text) => harmless(text.replace(/\s+/g, " "))).join("\t");
  const cellText = (cell) => { const { main, small } = textOf(cell); return small ? `${main} (${small})` : main; };
  const rows = drawnRows(table).map((row) => line(Array.from(row.cells, cellText)));
  const head = line(namesOf(table));
  return [harmless(captionOf(table)), head, ...rows, harmless(baseOf(box))].filter(Boolean).join("\n");
};

const searched = (box, table) => {
  const words = cockpit.words(box);
  const input = made("input", { type: "search", placeholder: words.search, "aria-label": `${words.search}: ${captionOf(table)}` });
  const hits = made("span", { class: "hits", hidden: true });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase(page.lang);
    const rows = Array.from(table.tBodies[0].rows);
    rows.forEach((row) => { row.hidden = false; });
    const total = drawnRows(table).length;
    rows.forEach((row) => { row.hidden = !row.textContent.toLocaleLowerCase(page.lang).includes(wanted); });
    const found = filled(words.rows, { n: drawnRows(table).length, total });
    hits.textContent = wanted ? found : "";
    hits.hidden = !wanted;
    cockpit.announce(found);
  });
  return [input, hits];
};
const fitTable = (box) => {
  const table = box.querySelector("table");
  const words = cockpit.words(box);
  const caption = captionOf(table);
  const tools = made("div", { class: "table-tools" });
  if (table.tBodies[0].rows.length > LONG) tools.append(...searched(box, table));
  const copy = made("button", { type: "button", "aria-label": `${words.copy}: ${caption}` }, words.copy);
  copy.addEventListener("click", () => copyText(copied(box), copy, words));
  const csv = made("button", { type: "button", "aria-label": `${words.csv}: ${caption}` }, words.csv);
  csv.addEventListener("click", () => saved(new Blob([csvOf(box)], { type: "text/csv" }), `${nameOf(box, caption)}.csv`));
  tools.append(copy, csv);
  box.prepend(tools, made("p", { class: "hint", "aria-hidden": "true" }, words.scroll_hint));
  if (table.classList.contains("sortable")) sortable(table);
};
const whenOpen = (element, fit) => {
  const closed = element.closest("details:not([open])");
  if (!closed) fit(element);
  else closed.addEventListener("toggle", () => whenOpen(element, fit), { once: true });
};
cockpit.fit(".table", (box) => whenOpen(box, fitTable));
