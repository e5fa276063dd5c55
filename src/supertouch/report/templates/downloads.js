// What a reader takes along: copied texts, files of tables and charts.
const SCALE = 2;
const saved = (blob, name) => {
  const address = URL.createObjectURL(blob);
  const link = made("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};
const nameOf = (element, text) => {
  const section = element.closest("section");
  const { code, waves } = choices[shown.language];
  const within = section && section.querySelector("[data-wave]") && waves.length > 1 ? slug(waves[shown.wave][0]) : "";
  return [section ? slug(bare(section.id)) : "", slug(text), within, code].filter(Boolean).join("_");
};

const copyText = async (text, button, words) => {
  const before = button.dataset.text || button.textContent;
  button.dataset.text = before;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = made("textarea", { class: "spoken", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const said = done ? words.copied : words.copy_failed;
  if (!button.classList.contains("section-link")) button.textContent = said;
  cockpit.announce(button.classList.contains("section-link") && done ? words.link_copied : said);
  setTimeout(() => { if (!button.classList.contains("section-link")) button.textContent = before; }, 2500);
};

// A chart on its own has the colours of daylight, whatever the page shows.
const chartOf = (figure) => {
  const copy = figure.querySelector("svg.chart").cloneNode(true);
  const [, , width, height] = copy.getAttribute("viewBox").split(/[\s,]+/).map(Number);
  copy.removeAttribute("class");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const day = getComputedStyle(document.querySelector(".daylight"));
  const text = new XMLSerializer().serializeToString(copy)
    .replace(/var\((--[\w-]+)\)/g, (_, name) => day.getPropertyValue(name).trim());
  const style = '<style>*{stroke-linejoin:round;stroke-linecap:butt}text{font-family:"DejaVu Sans",Arial,Helvetica,sans-serif}</style>';
  return { text: text.replace(/(<svg[^>]*>)/, `$1${style}`), width, height };
};
const paper = () => getComputedStyle(document.querySelector(".daylight")).getPropertyValue("--paper").trim();
const pngOf = async (figure) => {
  const { text, width, height } = chartOf(figure);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = made("canvas");
  canvas.width = Math.round(width * SCALE);
  canvas.height = Math.round(height * SCALE);
  const pen = canvas.getContext("2d");
  pen.fillStyle = paper();
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
};
cockpit.fit("figure[data-name]", (figure) => {
  const words = cockpit.words(figure);
  const name = () => `${slug(figure.dataset.name)}_${choices[shown.language].code}`;
  const label = figure.querySelector(".scroll").getAttribute("aria-label");
  const png = made("button", { type: "button", "aria-label": `${words.png}: ${label}` }, words.png);
  png.addEventListener("click", async () => saved(await pngOf(figure), `${name()}.png`));
  const svg = made("button", { type: "button", "aria-label": `${words.svg}: ${label}` }, words.svg);
  svg.addEventListener("click", () => saved(new Blob([chartOf(figure).text], { type: "image/svg+xml" }), `${name()}.svg`));
  figure.prepend(made("div", { class: "table-tools" }, png, svg), made("p", { class: "hint", "aria-hidden": "true" }, words.scroll_hint));
});
