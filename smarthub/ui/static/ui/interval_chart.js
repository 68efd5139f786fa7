// <figure data-module="interval-chart">: draws what the page's JSON holds with uPlot, in place of the
// drawing the server made, so that each value can be read by finger, mouse and arrow keys.
// What a value is called comes with it, or is read from the table below, in the member's language.

/* global uPlot */

const MARGIN_TOP = 12;
const NARROWEST_BAR = 0.78;
const WIDEST_BAR = 26;

for (const figure of document.querySelectorAll('[data-module="interval-chart"]')) {
  if (globalThis.uPlot) draw(figure);
}

function draw(figure) {
  const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  if (data.v.every((value) => value === null)) return; // Nothing was read, so nothing can be touched.
  const rows = data.said ?? [...figure.querySelectorAll("tbody tr")].map(saidIn);
  const place = figure.querySelector(".interval-plot");
  const readout = figure.querySelector(".interval-readout");
  const last = data.v.length - 1;
  const guessed = new Set(data.estimated);
  const only = (wanted) => data.v.map((value, n) => (guessed.has(n) === wanted ? value : null));
  let plot = null;
  let chosen = null;

  function columns() {
    const picked = data.v.map((value, n) => (n === chosen ? value : null));
    return [data.v.map((_value, n) => n), only(false), only(true), picked];
  }

  function make() {
    plot?.destroy();
    place.hidden = false;
    plot = new uPlot(
      optionsFor(figure, place.clientWidth, data),
      columns(),
      place,
    );
    plot.over.addEventListener("pointerdown", point);
    plot.over.addEventListener("pointermove", point);
    if (chosen !== null) choose(chosen);
  }

  function point(event) {
    const left = event.clientX - plot.over.getBoundingClientRect().left;
    choose(plot.posToIdx(left));
  }

  function choose(n) {
    chosen = Math.max(0, Math.min(last, n));
    plot.setData(columns(), false);
    plot.redraw();
    plot.setCursor({ left: plot.valToPos(chosen, "x"), top: MARGIN_TOP });
    place.setAttribute("aria-valuenow", chosen);
    place.setAttribute("aria-valuetext", rows[chosen]);
    readout.textContent = rows[chosen];
  }

  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 24, PageDown: -24 };
  place.addEventListener("keydown", (event) => {
    let next = event.key in steps ? (chosen ?? -1) + steps[event.key] : null;
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = last;
    if (next === null) return;
    event.preventDefault();
    choose(next);
  });
  place.addEventListener("focus", () => chosen ?? choose(0));

  place.setAttribute("aria-valuemax", last);
  try {
    make();
  } catch (error) {
    place.hidden = true; // What the server drew still stands.
    throw error;
  }
  figure.classList.add("interval-live");
  readout.hidden = false;
  new ResizeObserver(() => {
    plot.setSize({ width: place.clientWidth, height: plot.height });
    if (chosen !== null) choose(chosen);
  }).observe(place);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", make);
  }
}

function saidIn(row) {
  return [...row.cells].map((cell) => cell.textContent.trim()).filter(Boolean).join(" · ");
}

function optionsFor(figure, width, data) {
  const style = getComputedStyle(figure);
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = `13px ${style.fontFamily}`;
  const language = document.documentElement.lang;
  const say = new Intl.NumberFormat(`${language}-US`, { maximumFractionDigits: 2 });
  const axis = { font, stroke: colour("--plot-label"), ticks: { show: false } };
  const bars = uPlot.paths.bars({ size: [NARROWEST_BAR, WIDEST_BAR], radius: 0.12 });
  const series = (kind) => ({
    paths: bars,
    points: { show: false },
    width: 1,
    stroke: colour(kind === "--plot-dim" ? "--plot-bar" : kind),
    fill: colour(kind),
  });
  return {
    width,
    height: 220,
    padding: [MARGIN_TOP, 8, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
    scales: {
      x: { time: false, range: [-0.5, data.v.length - 0.5] },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: () => data.ticks.map(([n]) => n),
        values: () => data.ticks.map(([, label]) => label),
      },
      {
        ...axis,
        grid: { stroke: colour("--plot-grid"), width: 1, dash: [2, 4] },
        size: 44,
        space: 40,
        values: (_plot, values) => values.map((value) => say.format(value)),
      },
    ],
    series: [{}, series("--plot-bar"), series("--plot-dim"), series("--plot-chosen")],
  };
}
