// <figure data-module="bar-chart">: lets each bar the server drew be read by finger, mouse and arrow
// keys. What a bar is called, and where it leads, is read from its row in the table below.

const DRAWING_WIDTH = 340;
const NAMESPACE = "http://www.w3.org/2000/svg";

for (const figure of document.querySelectorAll('[data-module="bar-chart"]')) enhance(figure);

function enhance(figure) {
  const drawing = figure.querySelector("svg.chart");
  const rows = [...figure.querySelectorAll("tbody tr")];
  const readout = figure.querySelector(".interval-readout");
  const place = figure.querySelector(".interval-drawn");
  const described = figure.querySelector(".interval-plot");
  if (!drawing?.querySelector(".chart-bar") || !rows.length) return; // Nothing to touch.

  const left = Number(drawing.dataset.left);
  const slot = (DRAWING_WIDTH - left) / rows.length;
  const band = document.createElementNS(NAMESPACE, "rect");
  band.setAttribute("class", "chart-chosen");
  band.setAttribute("y", "0");
  band.setAttribute("width", slot);
  band.setAttribute("height", drawing.viewBox.baseVal.height - 22);
  band.setAttribute("visibility", "hidden");
  drawing.prepend(band);
  let chosen = null;

  // The drawing itself becomes the slider; it takes over what the hidden one says.
  for (const name of ["role", "aria-label", "aria-valuemin"]) {
    place.setAttribute(name, described.getAttribute(name));
  }
  place.tabIndex = 0;
  place.classList.add("bar-chart-live");
  place.setAttribute("aria-valuemax", rows.length - 1);
  place.setAttribute("aria-valuenow", 0);
  place.setAttribute("aria-valuetext", described.getAttribute("aria-valuetext"));
  described.remove();
  readout.hidden = false;

  function choose(n) {
    chosen = Math.max(0, Math.min(rows.length - 1, n));
    band.setAttribute("x", left + chosen * slot);
    band.setAttribute("visibility", "visible");
    const words = saidIn(figure, rows[chosen]);
    place.setAttribute("aria-valuenow", chosen);
    place.setAttribute("aria-valuetext", words);
    readout.textContent = words;
    const link = rows[chosen].querySelector("a");
    if (link) {
      const leads = link.cloneNode();
      leads.className = "bar-chart-open";
      leads.tabIndex = -1; // the table has it for the keyboard; Enter follows it from the slider
      leads.textContent = "→";
      readout.append(" ", leads);
    }
  }

  function point(event) {
    const box = drawing.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * DRAWING_WIDTH;
    choose(Math.floor((x - left) / slot));
  }

  place.addEventListener("pointerdown", point);
  place.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" || event.buttons) point(event);
  });
  place.addEventListener("focus", () => chosen ?? choose(rows.length - 1));
  place.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 7, PageDown: -7 };
    let next = event.key in steps ? (chosen ?? rows.length) + steps[event.key] : null;
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = rows.length - 1;
    if (event.key === "Enter") rows[chosen ?? 0].querySelector("a")?.click();
    if (next === null) return;
    event.preventDefault();
    choose(next);
  });
}

function saidIn(figure, row) {
  const heads = [...figure.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  const cells = [...row.cells].map((cell) => cell.textContent.trim());
  const unit = heads[1];
  return cells
    .map((text, n) => (n === 1 && text ? `${text} ${unit}` : text && n > 1 && n < cells.length - 1 ? `${heads[n].toLowerCase()} ${text}` : text))
    .filter(Boolean)
    .join(" · ");
}
