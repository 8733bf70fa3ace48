/* The figures of the whole model, the table by layer, the table of all tensors. */
const PAGE = 500;
const columns = Object.values(measures);

function fact(term, value) {
  return element("div", {}, element("dt", {}, term), element("dd", {}, value));
}

function showWhole() {
  const { relative, turn, sparsity, tau, largest, base } = measures;
  const whole = (term, measure) => fact(term, measure.show(measure.of(data.whole)));
  byId("whole").append(
    whole("Relative change ‖τ‖ / ‖θ₀‖", relative),
    whole("Change of direction, 1 − cosine", turn),
    whole("Sparsity, zeros in τ", sparsity),
  );
  byId("more").append(
    fact("tensors compared", count(data.tensors.length)),
    fact("parameters", rough(parameters(data.whole))),
    whole("‖τ‖₂", tau),
    fact("‖τ‖₁", number(figure("tau_l1")(data.whole))),
    whole("max |τ|", largest),
    whole("‖θ₀‖₂", base),
    fact("‖θₜ‖₂", number(figure("tuned_norm")(data.whole))),
    fact("cosine", eightDigits(cosine(data.whole))),
  );
}

/** Cosines are all close to 1. */
function eightDigits(value) {
  return Number.isFinite(value) ? value.toFixed(8) : unusual(value);
}

function showMissing() {
  const missing = data.uncompared;
  if (missing.length === 0) return;
  const section = byId("missing");
  section.hidden = false;
  section.querySelector("h2").textContent = missing.length === 1
    ? "1 tensor was not compared" : `${count(missing.length)} tensors were not compared`;
  const list = section.querySelector("ul");
  const add = (some) => list.append(...some.map(([name, why]) =>
    element("li", {}, breakable(name), ": " + why)));
  list.className = missing.length > 6 ? "many" : "";
  const first = missing.length > 15 ? 12 : missing.length;
  add(missing.slice(0, first));
  const button = section.querySelector("button");
  button.hidden = first === missing.length;
  button.textContent = `Show the other ${count(missing.length - first)}`;
  button.onclick = () => {
    add(missing.slice(first));
    button.hidden = true;
  };
}

const cell = (content, className) => element("td", { className: className ?? "" }, content);
const headCell = (text, className) =>
  element("th", { className: className ?? "", scope: "col" }, text);

/** The first cell has a bar: this value as a part of the largest. */
function measureCells(change, largest) {
  return columns.map((column, index) => {
    const value = column.of(change);
    const made = cell(column.show(value));
    if (index === 0 && largest > 0) {
      made.className = "bar";
      made.style.setProperty("--part", Number.isFinite(value) ? value / largest : 0);
    }
    return made;
  });
}

function largestRelative(changes) {
  const known = changes.map(measures.relative.of).filter(Number.isFinite);
  return known.reduce((most, value) => Math.max(most, value), 0);
}

function layerRow([place, tensors, change], largest) {
  const name = isInLayer(place) ? "layer " + layerOf(place)
    : place === "before" ? "outside, before" : "outside, after";
  const link = element("button",
    { type: "button", className: "link", title: "Show its tensors" }, name);
  link.onclick = () => showTensorsOf(place);
  return element("tr", {}, element("th", { scope: "row" }, link),
    cell(count(tensors)), cell(rough(parameters(change))), ...measureCells(change, largest));
}

function groupHeading(index) {
  const layers = data.stacks[index][1];
  const heading = element("span", {}, swatch(stackColor(index)),
    element("span", { className: "name" }, stackName(index)),
    element("small", {}, layers === 1 ? "1 layer" : `${layers} layers`));
  const across = { className: "group", colSpan: columns.length + 3, scope: "rowgroup" };
  return element("tr", {}, element("th", across, heading));
}

function showLayers() {
  const table = byId("layers");
  table.tHead.append(element("tr", {}, headCell("where", "text"), headCell("tensors"),
    headCell("parameters"), ...columns.map((column) => headCell(column.head))));
  const largest = largestRelative(data.layers.map((layer) => layer[2]));
  let last;
  let body;
  for (const layer of data.layers) {
    const group = isInLayer(layer[0]) ? stackOf(layer[0]) : layer[0];
    if (group !== last) {
      body = table.appendChild(element("tbody"));
      if (isInLayer(layer[0])) body.append(groupHeading(group));
    }
    last = group;
    body.append(layerRow(layer, largest));
  }
}

/* ---- all tensors: [name, type, shape, place, change] */

const tensorColumns = [
  { head: "name", isText: true, key: ([name]) => name },
  { head: "type", isText: true, key: ([, type]) => type },
  { head: "shape", isText: true, key: ([, , shape]) => shape.reduce((a, b) => a * b, 1) },
  { head: "where", isText: true, key: ([, , , place]) => placeOrder.get(placeName(place)) },
  ...columns.map((column) => ({ head: column.head, key: (tensor) => column.of(tensor[4]) })),
];
const placeOrder = new Map(data.layers.map(([place], index) => [placeName(place), index]));
const view = {
  column: tensorColumns.find((column) => column.head === measures.relative.head),
  isDown: true, rows: [], shown: 0, largest: 0,
};

/** NaN comes last, whichever way. */
function order(a, b) {
  const x = view.column.key(a);
  const y = view.column.key(b);
  if (x !== x || y !== y) return (x !== x) - (y !== y);
  const sign = x < y ? -1 : x > y ? 1 : 0;
  return view.isDown ? -sign : sign;
}

function tensorRow([name, type, shape, place, change]) {
  return element("tr", {}, cell(breakable(name), "wrap text"), cell(type, "text"),
    cell(shape.join(" × ") || "scalar", "text"), cell(breakable(placeName(place)), "wrap text"),
    ...measureCells(change, view.largest));
}

function showMore() {
  const until = Math.min(view.rows.length, view.shown + PAGE);
  const body = byId("tensors").querySelector("tbody");
  body.append(...view.rows.slice(view.shown, until).map(tensorRow));
  view.shown = until;
  const left = view.rows.length - until;
  byId("matches").textContent = left > 0
    ? `${count(until)} of ${count(view.rows.length)} shown` : `${count(view.rows.length)} shown`;
  byId("more-tensors").hidden = left === 0;
  byId("more-tensors").textContent = `Show ${count(Math.min(PAGE, left))} more`;
}

function showTensors() {
  const text = byId("filter").value.toLowerCase();
  const place = byId("place").value;
  view.rows = data.tensors.filter((tensor) =>
    tensor[0].toLowerCase().includes(text) && (place === "" || placeName(tensor[3]) === place));
  view.largest = largestRelative(view.rows.map((tensor) => tensor[4]));
  if (view.column) view.rows.sort(order);
  view.shown = 0;
  byId("tensors").querySelector("tbody").replaceChildren();
  const way = view.isDown ? "descending" : "ascending";
  byId("tensors").querySelectorAll("thead th").forEach((head, index) =>
    head.setAttribute("aria-sort", tensorColumns[index] === view.column ? way : "none"));
  showMore();
}

/** Down, up, then the order in the model. */
function sortBy(column) {
  const isSame = view.column === column;
  view.column = isSame && !view.isDown ? null : column;
  view.isDown = !isSame;
  showTensors();
}

function showTensorsOf(place) {
  byId("place").value = placeName(place);
  byId("filter").value = "";
  byId("tensors").open = true;
  showTensors();
  byId("tensors").scrollIntoView({ behavior: "smooth" });
}

function prepareTensors() {
  byId("count").textContent = count(data.tensors.length);
  const heads = tensorColumns.map((column) => {
    const button = element("button", { type: "button", title: "Sort" }, column.head);
    button.onclick = () => sortBy(column);
    const head = headCell("", column.isText ? "text" : "");
    head.append(button);
    return head;
  });
  byId("tensors").querySelector("thead").append(element("tr", {}, ...heads));
  byId("place").append(element("option", { value: "" }, "the whole model"),
    ...[...placeOrder.keys()].map((name) => element("option", { value: name }, name)));
  byId("filter").oninput = showTensors;
  byId("place").onchange = showTensors;
  byId("more-tensors").onclick = showMore;
  // Rows are made when they are asked for: a model may have 100 000 tensors.
  byId("tensors").addEventListener("toggle", () => view.rows.length || showTensors(), { once: true });
}

showWhole();
showMissing();
showLayers();
prepareTensors();
