/* The change over depth, drawn by uPlot: one line for each stack, rings for what lies outside. */
const depth = data.stacks.reduce((most, [, layers]) => Math.max(most, layers), 0);

/* Where the charts have points: before, 1 … depth, after. */
const gap = Math.ceil(depth / 10);
const positions = [1 - gap, ...Array.from({ length: depth }, (_, i) => i + 1), depth + gap];
const ends = { before: 0, after: positions.length - 1 };
const hasEnd = (end) => data.layers.some(([place]) => place === end);

/* All that can be shown or hidden: the stacks, then what lies outside. */
const lines = data.stacks.map(([, layers], index) => ({
  name: stackName(index), layers, color: stackColor(index), dash: index < 6 ? [] : [6, 4], isShown: true,
  holds: (place) => isInLayer(place) && stackOf(place) === index,
}));
if (hasEnd("before") || hasEnd("after")) {
  lines.push({
    name: "outside the stacks", layers: 0, color: "--outside", isShown: true,
    holds: (place) => !isInLayer(place),
  });
}

/** The values of one line, at `positions`; null where there is none that can be drawn. */
function values(line, measure, isLog) {
  const drawn = new Array(positions.length).fill(null);
  for (const [place, , change] of data.layers) {
    const value = measure.of(change);
    if (line.holds(place) && Number.isFinite(value) && !(isLog && value <= 0)) {
      drawn[isInLayer(place) ? layerOf(place) : ends[place]] = value;
    }
  }
  return drawn;
}

function seriesOf(line) {
  const isOutside = line.layers === 0;
  const stroke = css(line.color);
  const only = data.stacks.length === 1 && !isOutside;
  return {
    label: line.name, stroke, show: line.isShown, width: 2, dash: line.dash,
    fill: only ? stroke + "26" : undefined,
    paths: isOutside ? () => null : undefined,
    points: isOutside
      ? { show: true, size: 9, width: 2, stroke, fill: css("--card") }
      : { show: line.layers === 1 || depth <= 64, size: 6, fill: stroke, stroke },
  };
}

/** Ticks at before, 1, round numbers, the last layer, after; none so close that labels touch. */
function layerTicks(plot) {
  const perLayer = plot.bbox.width / devicePixelRatio / (depth + 2 * gap);
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => s * perLayer >= 26) ?? 1000;
  const round = Array.from({ length: Math.floor(depth / step) }, (_, i) => (i + 1) * step);
  const isFree = (at) => Math.min(at - 1, depth - at) * perLayer >= 24;
  const isFreeOf = (end) => !hasEnd(end) || gap * perLayer >= 32;
  return [
    ...(hasEnd("before") ? [positions[0]] : []),
    ...(isFreeOf("before") ? [1] : []),
    ...round.filter(isFree),
    ...(depth > 1 && isFreeOf("after") ? [depth] : []),
    ...(hasEnd("after") ? [positions.at(-1)] : []),
  ];
}

function positionName(at) {
  return at < 1 ? "before" : at > depth ? "after" : String(at);
}

/** A logarithmic axis also has a tick where it starts, wherever that is. */
function valueTick(value, isPercent, isLog) {
  if (value === null) return "";
  const shown = Number((isPercent ? 100 * value : value).toPrecision(6));
  if (isLog && !/^\de/.test(shown.toExponential())) return "";
  const text =
    shown !== 0 && Math.abs(shown) < 1e-3 ? power(shown.toExponential()) : String(shown);
  return text + (isPercent ? " %" : "");
}

function axes(measure, isLog) {
  const common = {
    stroke: css("--soft"), font: "12px " + css("--sans"),
    labelFont: "13px " + css("--sans"), labelSize: 22,
    ticks: { stroke: css("--line"), size: 5 },
  };
  return [
    {
      ...common, label: "Layer", size: 34, grid: { show: false }, splits: layerTicks,
      values: (plot, ticks) => ticks.map(positionName),
    },
    {
      ...common, label: measure.head, size: 76, grid: { stroke: css("--grid"), width: 1 },
      values: (plot, ticks) => ticks.map((v) => valueTick(v, measure.show === percent, isLog)),
    },
  ];
}

function valueRange(isLog) {
  return isLog
    ? (plot, low, high) => (low === null ? [0.1, 1] : [low / 1.4, high * 1.4])
    : (plot, low, high) => [0, high > 0 ? high * 1.08 : 1];
}

/** The pointer's line jumps from layer to layer. */
function toLayer(plot, left, top) {
  return left < 0 ? [left, top] : [plot.valToPos(positions[plot.posToIdx(left)], "x"), top];
}

/** Shows the values under the pointer beside it; small charts leave the names to the large one. */
function showTip(tip, plot, measure) {
  const index = plot.cursor.idx;
  const at = (line) => plot.data[lines.indexOf(line) + 1][index] ?? null;
  const shown = lines.filter((line) => line.isShown && at(line) !== null);
  tip.hidden = shown.length === 0;
  if (tip.hidden) return;
  const name = positionName(positions[index]);
  const label = (line) => (measure === measures.relative ? line.name : "");
  const row = (line) =>
    element("div", {}, swatch(line.color, line.layers === 0), label(line),
      element("b", {}, measure.show(at(line))));
  tip.replaceChildren(/\d/.test(name) ? "layer " + name : name, ...shown.map(row));
  const isRight = plot.cursor.left > plot.over.clientWidth / 2;
  tip.style.left = isRight ? "" : plot.cursor.left + 14 + "px";
  tip.style.right = isRight ? plot.over.clientWidth - plot.cursor.left + 14 + "px" : "";
}

/** What NaN and infinity keep out of the charts. */
function undrawn() {
  const names = data.layers
    .filter(([, , change]) => !Number.isFinite(measures.relative.of(change)))
    .map(([place]) => placeName(place));
  const note = "Not finite, so not drawn: " + names.join(", ");
  return names.length === 0 ? [] : [element("p", {}, note)];
}

function draw(box, measure, height) {
  const isLog = byId("log").checked && measure !== measures.sparsity;
  const tip = element("div", { className: "tip", hidden: true });
  const sides = [hasEnd("before") ? positions[0] : 1, hasEnd("after") ? positions.at(-1) : depth];
  return new uPlot(
    {
      width: box.clientWidth, height, legend: { show: false }, padding: [8, 20, 0, 0],
      scales: {
        x: { time: false, range: () => [sides[0] - 0.5, sides[1] + 0.5] },
        y: { distr: isLog ? 3 : 1, range: valueRange(isLog) },
      },
      series: [{}, ...lines.map(seriesOf)],
      axes: axes(measure, isLog),
      cursor: { sync: { key: "depth" }, drag: { x: false, y: false }, y: false, move: toLayer },
      hooks: {
        init: [(made) => made.over.append(tip)],
        setCursor: [(made) => showTip(tip, made, measure)],
      },
    },
    [positions, ...lines.map((line) => values(line, measure, isLog))],
    box,
  );
}

/** In words, where each stack changed most and least. */
function extremes(line) {
  const { of, show } = measures.relative;
  const known = data.layers
    .filter(([place, , change]) => line.holds(place) && Number.isFinite(of(change)))
    .sort((a, b) => of(b[2]) - of(a[2]));
  if (line.layers < 2 || known.length < 2) return [];
  const [most, least] = [known[0], known.at(-1)];
  const size = ([, , change]) => show(of(change));
  const words = (layer) => `layer ${layerOf(layer[0])} (${size(layer)})`;
  const finding = size(most) === size(least)
    ? ` changed evenly, by ${size(most)} in each layer`
    : ` changed most in ${words(most)}, least in ${words(least)}`;
  return [element("p", {}, element("span", { className: "name" }, line.name), finding)];
}

function chart(measure, className, ...words) {
  const box = element("div", { className: "plot" });
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", measure.title + ", drawn; its values are in the table by layer");
  const caption = element("figcaption", {}, element("h3", {}, measure.title), ...words);
  byId("charts").append(element("figure", { className: "chart " + className }, caption, box));
  return { box, measure, height: className ? 330 : 220, plot: null };
}

function addLegend(redraw) {
  for (const line of lines) {
    const button = element("button", { type: "button" },
      swatch(line.color, line.layers === 0), line.name);
    const press = () => button.setAttribute("aria-pressed", line.isShown);
    press();
    button.onclick = () => {
      line.isShown = !line.isShown;
      press();
      redraw();
    };
    byId("legend").append(button);
  }
}

function showCharts() {
  byId("flat").hidden = depth > 0;
  if (depth === 0) return;
  byId("depth").hidden = false;
  const charts = [
    chart(measures.relative, "wide", ...lines.flatMap(extremes), ...undrawn()),
    chart(measures.turn, ""),
    chart(measures.sparsity, ""),
  ];
  const redraw = () => {
    for (const each of charts) {
      each.plot?.destroy();
      each.plot = draw(each.box, each.measure, each.height);
    }
  };
  redraw();
  addLegend(redraw);
  redrawForPaper(redraw);
  byId("log").onchange = redraw;
  matchMedia("(prefers-color-scheme: dark)").onchange = redraw;
  const fit = ({ plot, box, height }) => plot.setSize({ width: box.clientWidth, height });
  new ResizeObserver(() => charts.forEach(fit)).observe(byId("charts"));
}

showCharts();
