// <details data-module="hour-zoom" data-address="...">: when opened, fetches every hour of the days
// shown and draws them with uPlot, to be looked at closer by buttons, by dragging, and by pointing.

const HOUR = 3600;
const LEAST_HOURS = 12;

for (const fold of document.querySelectorAll('[data-module="hour-zoom"]')) {
  fold.hidden = false;
  fold.addEventListener("toggle", () => open(fold), { once: true });
}

async function open(fold) {
  const readout = fold.querySelector(".interval-readout");
  try {
    const [data] = await Promise.all([figures(fold.dataset.address), library(fold)]);
    draw(fold, data, readout);
  } catch {
    readout.textContent = readout.dataset.failed; // The bars and their table still stand.
  }
}

async function figures(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function library(fold) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: fold.dataset.sheet });
  const script = Object.assign(document.createElement("script"), { src: fold.dataset.library });
  document.head.append(sheet, script);
  return new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
  });
}

function pinned(times, zone) {
  const date = new Intl.DateTimeFormat("en-CA", { timeZone: zone }); // 2026-03-08
  return [...document.querySelectorAll(".usage-pins [data-day]")].flatMap((item) => {
    const at = times.find((time) => date.format(new Date(time * 1000)) >= item.dataset.day);
    return at === undefined ? [] : [{ letter: item.querySelector(".usage-letter").textContent, at }];
  });
}

function draw(fold, data, readout) {
  const place = fold.querySelector(".interval-plot");
  const language = `${document.documentElement.lang}-US`;
  const scale = 10 ** (data.exponent ?? 0);
  const times = data.v.map((_value, n) => data.start + n * data.step);
  const values = data.v.map((value) => (value === null ? null : value * scale));
  const end = data.start + data.v.length * data.step;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const zone = fold.dataset.zone;
  const day = new Intl.DateTimeFormat(language, { weekday: "short", month: "short", day: "numeric", timeZone: zone });
  const hour = new Intl.DateTimeFormat(language, { hour: "numeric", timeZone: zone });
  const style = getComputedStyle(place);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { font: `13px ${style.fontFamily}`, stroke: colour("--plot-label"), ticks: { show: false } };
  const pins = pinned(times, zone);
  const plot = new globalThis.uPlot(
    {
      width: place.clientWidth,
      height: 220,
      legend: { show: false },
      tzDate: (stamp) => globalThis.uPlot.tzDate(new Date(stamp * 1000), zone),
      cursor: { y: false, drag: { x: true, y: false }, points: { show: false } },
      scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, size: 30, values: (_plot, splits) => splits.map(label) },
        { ...axis, grid: { stroke: colour("--plot-grid"), width: 1, dash: [2, 4] }, size: 44 },
      ],
      series: [{}, { stroke: colour("--plot-bar"), fill: colour("--plot-dim"), width: 1.5, points: { show: false } }],
      hooks: { setCursor: [say], draw: [pin] },
    },
    [times, values],
    place,
  );

  // The letters of the notes pinned on these days, as the bars have them.
  function pin(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = ctx.strokeStyle = colour("--plot-label");
    ctx.font = `600 ${13 * devicePixelRatio}px ${style.fontFamily}`;
    ctx.textBaseline = "top";
    for (const { letter, at } of pins) {
      const left = plot.valToPos(at, "x", true);
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillText(letter, left + 4 * devicePixelRatio, bbox.top);
    }
    ctx.restore();
  }

  function label(stamp) {
    const at = new Date(stamp * 1000);
    return span() > 3 * 24 * HOUR ? day.format(at).replace(/^\S+ /, "") : `${hour.format(at)}`;
  }

  function span() {
    return plot ? plot.scales.x.max - plot.scales.x.min : end - data.start;
  }

  function say() {
    const n = plot.cursor.idx;
    if (n === null || n === undefined) return;
    const at = new Date(times[n] * 1000);
    const until = new Date((times[n] + data.step) * 1000);
    const value = values[n] === null ? "?" : `${number.format(values[n])} ${data.unit}`;
    readout.textContent = `${day.format(at)}, ${hour.formatRange(at, until)} · ${value}`;
  }

  function show(from, length) {
    const wide = Math.min(Math.max(length, LEAST_HOURS * HOUR), end - data.start);
    const first = Math.min(Math.max(from, data.start), end - wide);
    plot.setScale("x", { min: first, max: first + wide });
  }

  for (const button of fold.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const { min } = plot.scales.x;
      const factor = Number(button.dataset.scale ?? 1);
      const centre = min + span() / 2;
      const move = Number(button.dataset.move ?? 0) * span();
      show(centre - (span() * factor) / 2 + move, span() * factor);
    });
  }
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 220 })).observe(place);
  plot.over.addEventListener("pointerdown", (event) => event.pointerType === "touch" && plot.setCursor({ left: event.offsetX, top: event.offsetY }));
  readout.textContent = "";
}
