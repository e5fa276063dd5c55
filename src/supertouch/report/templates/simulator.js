// What-if: sliders, and the outcomes worked out again as `supertouch whatif` does.
{
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const PLACES = Object.fromEntries(Array.from(LETTERS, (letter, place) => [letter, place]));
  const MISSING = 64 * 64 - 1;
  const NOTICEABLE = 1e-9;
  const LARGE = 0.5;
  const GLANCED = 2;
  const OF_TOUCHPOINTS = ["headroom", "beyond_best", "large"];
  const NUMBER = /^[+\-\u2212]?(\d+([.,]\d+)?|[.,]\d+)$/;
  const THOUSANDS = /^[+\-\u2212]?(?!0)\d+([.,]\d{3})+$/;
  const LINKED = /^-?\d{1,6}(\.\d{1,10})?$/;

  const unpacked = ({ start, step, draws }) => {
    const values = new Float64Array(draws.length / 2);
    for (let b = 0; b < values.length; b += 1) {
      const place = 64 * PLACES[draws[2 * b]] + PLACES[draws[2 * b + 1]];
      values[b] = place === MISSING ? NaN : start + step * place;
    }
    return values;
  };

  const deviation = (values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return Math.sqrt(squares / (values.length - 1));
  };

  const given = (asked, mean, { minimum, maximum }) => Math.min(Math.max(asked, minimum - mean), maximum - mean);

  const told = (lever, { gain, error, flags }) => {
    const half = lever.quantile * error;
    const after = lever.before + gain;
    const limit = lever.unit === "nps" ? "nps_limit" : "outcome_limit";
    if (after < lever.lowest - NOTICEABLE || after > lever.highest + NOTICEABLE) flags.add(limit);
    if (Number.isNaN(gain)) flags.add("not_modelled");
    if (lever.proxy) flags.add("proxy");
    return { gain, low: gain - half, high: gain + half, error, flags };
  };

  // JSON knows no NaN: what is missing there must not count as zero.
  const measured = (item, names) => ({ ...item, ...Object.fromEntries(names.map((name) => [name, item[name] ?? NaN])) });

  const weigher = (numbers) => {
    const kept = new Map();
    const once = (key, make) => {
      if (!kept.has(key)) kept.set(key, make());
      return kept.get(key);
    };

    const single = (lever, id, asked) => {
      const part = Object.hasOwn(lever.parts, id) ? once(lever.parts[id], () => measured(lever.parts[id], ["mean", "spread", "best_mean", "weight"])) : null;
      if (!part) return { ...told(lever, { gain: NaN, error: NaN, flags: new Set() }), given: NaN, draws: null };
      const weights = once(`${lever.outcome} ${lever.unit} ${id}`, () => unpacked({ start: part.weight_start, step: part.weight_step, draws: part.weight_draws }));
      const means = once(numbers.means[part.means], () => unpacked(numbers.means[part.means]));
      const draws = weights.map((weight, b) => weight * given(asked, means[b], part));
      const taken = given(asked, part.mean, part);
      const flags = new Set();
      if (Math.abs(asked - taken) > NOTICEABLE) flags.add("headroom");
      if (part.mean + taken > part.best_mean + NOTICEABLE) flags.add("beyond_best");
      if (Math.abs(taken) > LARGE * part.spread) flags.add("large");
      if (!part.significant) flags.add("not_significant");
      return { ...told(lever, { gain: part.weight * taken, error: deviation(draws), flags }), given: taken, draws };
    };

    const together = (lever, singles) => {
      const flags = new Set(singles.flatMap((item) => [...item.flags]).filter((code) => OF_TOUCHPOINTS.includes(code)));
      const gain = singles.reduce((sum, item) => sum + item.gain, 0);
      const known = singles.every((item) => item.draws);
      const sums = known && singles.length ? singles[0].draws.map((_, b) => singles.reduce((sum, item) => sum + item.draws[b], 0)) : null;
      const error = sums ? deviation(sums) : singles.length ? NaN : 0;
      if (error > 0 ? Math.abs(gain) <= lever.quantile * error : !Number.isNaN(gain)) flags.add("not_significant");
      return told(lever, { gain, error, flags });
    };

    return (changes) => numbers.levers.map((lever) => {
      const singles = new Map([...changes].map(([id, asked]) => [id, single(lever, id, asked)]));
      return { lever, singles, together: together(lever, [...singles.values()]) };
    });
  };

  const writer = ({ decimal, thousands }) => (value, digits, { signed = false } = {}) => {
    if (!Number.isFinite(value)) return "–";
    const [whole, fraction] = Math.abs(value).toFixed(digits).split(".");
    const text = whole.replace(/\B(?=(\d{3})+$)/g, thousands) + (fraction ? decimal + fraction : "");
    const zero = !/[1-9]/.test(whole + (fraction || ""));
    return (zero ? "" : value < 0 ? "\u2212" : signed ? "+" : "") + text;
  };

  const plain = (value) => value.toFixed(10).replace(/\.?0+$/, "");

  const typed = (text) => {
    const told = text.trim();
    if (told === "") return 0;
    if (!NUMBER.test(told) || THOUSANDS.test(told)) return NaN;
    return Number(told.replace(",", ".").replace("\u2212", "-"));
  };

  const linked = (changes) => Array.from(changes, ([id, value]) => `${encodeURIComponent(id)}:${plain(value)}`).join(",");

  const unlinked = (text, known) => {
    const changes = new Map();
    const refused = [];
    (text || "").split(",").filter(Boolean).slice(0, 500).forEach((item) => {
      const [name, value, ...rest] = item.split(":");
      const id = decoded(name);
      if (known.has(id) && !changes.has(id) && !rest.length && LINKED.test(value || "")) changes.set(id, Number(value));
      else refused.push(id.slice(0, 40));
    });
    return { changes, refused };
  };

  const shellText = (text) => (/^[\w.+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

  const nice = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map((times) => times * power).find((limit) => limit >= value * (1 - NOTICEABLE));
  };

  const drawn = ({ low, high, gain }, limit) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const put = (element, attributes) => Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    const across = (value) => (50 + (50 * value) / limit).toFixed(2);
    const line = (kind, from, to, top, bottom) => {
      const item = document.createElementNS(svg.namespaceURI, "line");
      put(item, { class: kind, x1: across(from), x2: across(to), y1: top, y2: bottom });
      svg.append(item);
    };
    put(svg, { class: "span", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    line("reference", 0, 0, 0, 10);
    if (Number.isFinite(low) && Number.isFinite(high)) line("range", low, high, 5, 5);
    if (Number.isFinite(gain)) line("value", gain, gain, 1, 9);
    return svg;
  };

  // How gains and ratings are told in one simulator's language.
  const teller = (data) => {
    const { words } = data;
    const number = writer(data);
    const asAsked = (value, { mirror }) => (mirror === null ? value : mirror - value);
    const points = (value, outcome) => number(outcome.per * value, outcome.digits, { signed: true });
    const ends = (row, outcome) => ({ low: points(row.low, outcome), high: points(row.high, outcome) });
    const level = (value, outcome) => number(outcome.per * asAsked(value, outcome), outcome.unit === "mean" ? 2 : 1) + (outcome.unit === "share" ? data.percent : "");
    return {
      number,
      points,
      signed: (value) => number(value, Math.abs(value - Number(value.toFixed(2))) < NOTICEABLE ? 2 : 4, { signed: true }),
      shift: (item, asked) => ({
        before: number(asAsked(item.mean, item), 2),
        after: number(asAsked(item.mean + given(asked, item.mean, item), item), 2),
      }),
      gain: (row, outcome) => (Number.isFinite(row.gain) ? filled(words[`gain_${outcome.unit}`], { gain: points(row.gain, outcome) }) : words.no_sum),
      range: (row, outcome) => (Number.isFinite(row.gain) ? filled(data.range, ends(row, outcome)) : ""),
      interval: (row, outcome) => (Number.isFinite(row.gain) ? filled(words.interval, { level: data.level, ...ends(row, outcome) }) : ""),
      mark: (value, outcome) => {
        const places = Math.max(0, -Math.floor(Math.log10(Math.abs(outcome.per * value || 1)) + NOTICEABLE));
        return number(outcome.per * value, places, { signed: true });
      },
      today: (lever, outcome) => filled(words.today, { before: level(lever.before, outcome) }),
      level: ({ lever, together }, outcome) => {
        if (!Number.isFinite(together.gain)) return "";
        const text = filled(words.level, { before: level(lever.before, outcome), after: level(lever.before + together.gain, outcome) });
        return outcome.mirror === null ? text : `${text} (${words.less})`;
      },
      doubts: ({ flags }) => Array.from(flags).filter((code) => !OF_TOUCHPOINTS.includes(code)).map((code) => data.warnings[code]).join("; "),
    };
  };

  const codes = (flags) => Array.from(flags).sort().join(" ");

  const cardOf = (outcome, tell) => {
    const [gain, interval, picture, axis, level, doubt] = ["gain", "interval", "picture", "axis", "level", "doubt"].map((name) => made(name === "picture" ? "div" : "p", { class: name }));
    axis.setAttribute("aria-hidden", "true");
    const element = made("div", { class: "result" }, made("h5", {}, outcome.label), gain, interval, picture, axis, level, doubt, made("p", { class: "size" }, outcome.base));
    const show = (result, moved) => {
      const { lever, together } = result;
      Object.assign(element.dataset, { outcome: lever.outcome, unit: lever.unit, gain: together.gain, low: together.low, high: together.high, warnings: codes(together.flags) });
      gain.textContent = moved ? tell.gain(together, outcome) : tell.today(lever, outcome);
      gain.classList.toggle("open", !Number.isFinite(together.gain));
      interval.textContent = moved ? tell.interval(together, outcome) : "";
      [picture, axis].forEach((item) => { item.hidden = !moved; });
      const least = lever.unit === "nps" ? 5 : (lever.highest - lever.lowest) / 40;
      const limit = nice(Math.max(least, ...[together.low, together.high].filter(Number.isFinite).map(Math.abs)));
      picture.replaceChildren(drawn(together, limit));
      axis.replaceChildren(...[-limit, 0, limit].map((value) => made("span", {}, tell.mark(value, outcome))));
      level.textContent = moved ? tell.level(result, outcome) : "";
      doubt.textContent = moved ? tell.doubts(together) : "";
    };
    return { element, show };
  };

  const singlesOf = (data, tell, base) => {
    const { words } = data;
    const heads = [words.touchpoint, words.mean, words.better, ...data.outcomes.map((item) => item.label)];
    const head = made("tr", {}, ...heads.map((text, place) => made("th", { scope: "col", class: place ? "number" : "" }, text)));
    const body = made("tbody");
    const table = made("table", {}, made("caption", {}, words.singles), made("thead", {}, head), body);
    const element = made("div", { class: "table singles" }, made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.singles }, table), base);
    const cell = (row, outcome) => {
      const told = [tell.range(row, outcome), tell.doubts(row)].filter(Boolean).join("\n");
      const known = Number.isFinite(row.gain);
      const values = known ? { "data-sort": row.gain, "data-low": row.low, "data-high": row.high } : {};
      return made("td", { class: "number", ...values, "data-warnings": codes(row.flags) }, known ? tell.points(row.gain, outcome) : "–", ...(told ? [made("small", {}, told)] : []));
    };
    const line = ([id, asked], results) => {
      const item = data.touchpoints.find((other) => other.id === id);
      const possible = given(asked, item.mean, item);
      const note = Math.abs(possible - asked) > NOTICEABLE ? [made("small", {}, filled(words.possible, { given: tell.number(possible, 2, { signed: true }) }))] : [];
      const better = made("td", { class: "number", "data-sort": asked }, tell.signed(asked), ...note);
      const shift = made("td", { class: "number" }, filled(words.shift, tell.shift(item, asked)));
      return made("tr", { "data-touchpoint": id }, made("th", { scope: "row" }, item.label), shift, better, ...results.map((result, place) => cell(result.singles.get(id), data.outcomes[place])));
    };
    const show = (results, changes) => {
      body.replaceChildren(...Array.from(changes, (change) => line(change, results)));
      element.classList.toggle("empty", !changes.size);
    };
    return { element, show };
  };

  const bewareOf = ({ words, warnings, touchpoints }) => {
    const list = made("ul");
    const element = made("div", { class: "beware" }, made("h4", {}, words.beware), list);
    const show = (results, refused) => {
      const lines = refused.length ? [filled(words.unknown, { names: refused.join(", ") })] : [];
      OF_TOUCHPOINTS.forEach((code) => {
        const about = touchpoints.filter(({ id }) => results.some(({ singles }) => singles.has(id) && singles.get(id).flags.has(code)));
        if (about.length) lines.push(filled(words.about, { names: about.map(({ label }) => label).join(", "), warning: warnings[code] }));
      });
      list.replaceChildren(...lines.map((text) => made("li", {}, text)));
      element.hidden = !lines.length;
    };
    return { element, show };
  };

  let count = 0;
  const sliderOf = (item, { words }, tell, changed) => {
    count += 1;
    const slider = made("input", { type: "range", min: -item.reach, max: item.reach, step: item.step, value: 0, "aria-label": filled(words.slider, { touchpoint: item.label }) });
    const error = made("span", { class: "error", id: `simulator-error-${count}`, role: "alert" });
    const field = made("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": filled(words.number, { touchpoint: item.label }), "aria-describedby": error.id });
    const moved = made("span", { class: "moved-to" });
    const name = made("span", { class: "name" }, item.label, made("small", {}, item.rated));
    const element = made("li", { "data-touchpoint": item.id }, name, moved, slider, field, error);
    const show = (asked) => {
      const shift = tell.shift(item, asked);
      slider.value = String(asked);
      slider.setAttribute("aria-valuetext", filled(words.state, { change: tell.signed(asked), ...shift }));
      field.value = tell.signed(asked);
      field.removeAttribute("aria-invalid");
      error.textContent = "";
      moved.replaceChildren(filled(asked ? words.shift : words.today, shift), ...(item.mirror === null ? [] : [made("small", {}, words.less)]));
      element.classList.toggle("moved", asked !== 0);
    };
    const take = () => {
      const asked = typed(field.value);
      if (Number.isNaN(asked)) {
        field.setAttribute("aria-invalid", "true");
        error.textContent = filled(words.invalid, { example: tell.number(0.4, 1, { signed: true }) });
      } else changed(item.id, asked);
    };
    const room = Math.min(Math.max(given(Infinity, item.mean, item), 0), item.reach);
    slider.style.setProperty("--room", `${(50 + (50 * room) / item.reach).toFixed(1)}%`);
    slider.addEventListener("input", () => changed(item.id, Number(slider.value)));
    field.addEventListener("change", take);
    return { element, show };
  };

  const start = (box) => {
    const data = JSON.parse(box.querySelector("template").content.textContent);
    const { words, outcomes } = data;
    const touchpoints = data.touchpoints.map((item) => measured(item, ["mean"]));
    const weigh = weigher(JSON.parse(document.getElementById(`simulator-${data.key}`).textContent));
    const tell = teller(data);
    const known = new Map(touchpoints.map((item) => [item.id, item]));
    let changes = new Map();
    let refused = [];
    let waiting = 0;

    const cards = outcomes.map((outcome) => cardOf(outcome, tell));
    const singles = singlesOf({ ...data, touchpoints }, tell, box.querySelector(":scope > .base"));
    const beware = bewareOf(data);
    const nothing = made("p", { class: "nothing" }, words.nothing);
    const command = made("code");
    const terminal = made("details", { class: "terminal" }, made("summary", {}, words.terminal), made("pre", {}, command));
    const reset = made("button", { type: "button", class: "reset" }, words.reset);
    const link = made("button", { type: "button", class: "link" }, words.link);

    const glance = made("p", { class: "glance", "aria-hidden": "true" });
    const brief = ({ together }, place) => made("span", {}, made("small", {}, outcomes[place].short), made("strong", {}, tell.points(together.gain, outcomes[place])), made("small", {}, tell.range(together, outcomes[place])));

    const show = () => {
      const results = weigh(changes);
      glance.hidden = !changes.size;
      glance.replaceChildren(...results.slice(0, GLANCED).map(brief));
      results.forEach((result, place) => cards[place].show(result, changes.size > 0));
      singles.show(results, changes);
      beware.show(results, refused);
      command.textContent = ["supertouch whatif", ...Array.from(changes, ([id, value]) => shellText(`${id}=${value < 0 ? "" : "+"}${plain(value)}`)), "--wave", shellText(data.key)].join(" ");
      nothing.hidden = changes.size > 0;
      terminal.hidden = !changes.size;
      reset.disabled = !changes.size;
      return results;
    };
    const take = (wanted) => { changes = new Map(touchpoints.filter(({ id }) => wanted.get(id)).map(({ id }) => [id, wanted.get(id)])); };
    const keep = () => {
      const told = show().map(({ together }, place) => filled(words.spoken, { outcome: outcomes[place].label, gain: tell.gain(together, outcomes[place]), interval: tell.interval(together, outcomes[place]) }));
      cockpit.announce(changes.size ? told.join(". ") : words.nothing);
      cockpit.link.set("whatif", changes.size ? linked(changes) : null);
    };
    const changed = (id, asked) => {
      take(new Map([...changes, [id, asked]]));
      refused = [];
      sliders.get(id).show(asked);
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(keep);
    };
    const sliders = new Map(touchpoints.map((item) => [item.id, sliderOf(item, data, tell, changed)]));
    const list = (items) => made("ul", { class: "sliders" }, ...items.map(({ id }) => sliders.get(id).element));
    const rest = touchpoints.slice(data.open);
    const more = made("details", { class: "rest", hidden: !rest.length }, made("summary", {}, `${words.more} (${rest.length})`), list(rest));

    const follow = () => {
      const found = unlinked(cockpit.link.get("whatif"), known);
      take(found.changes);
      refused = found.refused;
      sliders.forEach((slider, id) => slider.show(changes.get(id) || 0));
      if (rest.some(({ id }) => changes.has(id))) more.open = true;
      show();
    };
    reset.addEventListener("click", () => {
      changes = new Map();
      refused = [];
      sliders.forEach((slider) => slider.show(0));
      keep();
    });
    link.addEventListener("click", () => copyText(cockpit.link.to(box.closest("section").id), link, cockpit.words(box)));

    const controls = made("div", { class: "controls" }, made("h4", {}, words.sliders), list(touchpoints.slice(0, data.open)), more, made("p", { class: "buttons" }, reset, link), glance);
    const results = made("div", { class: "results" }, made("h4", {}, words.results), nothing, made("div", { class: "cards-of-results" }, ...cards.map(({ element }) => element)), beware.element);
    box.querySelector(".simulator-body").replaceChildren(made("div", { class: "desk" }, controls, results), singles.element, terminal);
    follow();
    cockpit.fitAll(singles.element);
    cockpit.link.on(follow);
    document.addEventListener("shown", follow);
  };

  cockpit.fit(".simulator", start);
}
