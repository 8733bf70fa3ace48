/* The charts of a search, drawn by uPlot: target against control, a metric over the numbers that were
   searched, λ and the size of the update over depth. */
const profiles = data.profiles.map((profile, index) => ({
  name: profile.profile, color: profileColor(index), trials: profile.trials, best: bestOf(profile),
  isShown: true,
}));
const numbers = data.search.numbers;
const isOneNumber = numbers.length === 1;

function axis(label, size, values, splits) {
  return {
    label, size, values, splits, stroke: css("--soft"), font: "12px " + css("--sans"),
    labelFont: "13px " + css("--sans"), labelSize: 22,
    ticks: { stroke: css("--line"), size: 5 }, grid: { stroke: css("--grid"), width: 1 },
  };
}

const tick = (plot, ticks) => ticks.map((value) => (value === null ? "" : short(value)));

/** A range with a margin, also around a single value. */
function range(plot, low, high) {
  if (low === null) return [0, 1];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - margin, high + margin];
}

/** Lines and dots over common x: each series has its own points, [x, y, what to say]. */
function joined(series) {
  const rows = series.flatMap((each, index) => each.points.map((point) => ({ index, point })))
    .sort((a, b) => a.point[0] - b.point[0]);
  const columns = series.map((_, index) => rows.map((row) => (row.index === index ? row.point[1] : null)));
  return { data: [rows.map((row) => row.point[0]), ...columns], rows };
}

function seriesOf({ name, color, isLine, isDashed, isDots, isRing, isShown }) {
  const stroke = css(color);
  return {
    label: name, stroke, show: isShown !== false, width: isLine ? 2 : 0, spanGaps: true,
    dash: isDashed ? [6, 4] : [], paths: isLine ? undefined : () => null,
    points: {
      show: Boolean(isDots), size: isRing ? 10 : 7, width: isRing ? 2 : 1, stroke,
      fill: isRing ? css("--card") : stroke,
    },
  };
}

/** The point nearest to the pointer says what it is. */
function showNearest(tip, plot, rows, series) {
  const { left, top } = plot.cursor;
  let nearest = null;
  let least = 30 ** 2;
  for (const { index, point } of left < 0 ? [] : rows) {
    if (series[index].isShown === false || !point[2]) continue;
    const away = (plot.valToPos(point[0], "x") - left) ** 2 + (plot.valToPos(point[1], "y") - top) ** 2;
    if (away < least) [least, nearest] = [away, { index, point }];
  }
  tip.hidden = nearest === null;
  if (tip.hidden) return;
  const [title, ...facts] = nearest.point[2];
  tip.replaceChildren(element("div", {}, swatch(series[nearest.index].color, series[nearest.index].isRing), title),
    ...facts.map(([term, value]) => element("div", {}, term, element("b", {}, value))));
  const isRight = left > plot.over.clientWidth / 2;
  tip.style.left = isRight ? "" : left + 14 + "px";
  tip.style.right = isRight ? plot.over.clientWidth - left + 14 + "px" : "";
}

/** A ring around some points, and a name beside them. */
function drawMarks(plot, marked) {
  const { ctx } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * scale}px ${css("--sans")}`;
  for (const { x, y, text, color, isRing } of marked) {
    const left = plot.valToPos(x, "x", true);
    const top = plot.valToPos(y, "y", true);
    if (isRing) {
      ctx.beginPath();
      ctx.arc(left, top, 9 * scale, 0, 2 * Math.PI);
      ctx.lineWidth = 2.5 * scale;
      ctx.strokeStyle = css(color);
      ctx.stroke();
    }
    const isRight = left > plot.bbox.left + plot.bbox.width * 0.75;
    ctx.textAlign = isRight ? "right" : "left";
    ctx.fillStyle = css("--ink");
    ctx.lineWidth = 4 * scale;
    ctx.strokeStyle = css("--card"); // so that it can be read over dots
    ctx.strokeText(text, left + (isRight ? -13 : 13) * scale, top - 9 * scale);
    ctx.fillText(text, left + (isRight ? -13 : 13) * scale, top - 9 * scale);
  }
  ctx.restore();
}

function plotOf(box, height, { series, xLabel, yLabel, xTicks, xSplits, xRange, yRange, marked }) {
  const tip = element("div", { className: "tip", hidden: true });
  const { data: columns, rows } = joined(series);
  return new uPlot({
    width: box.clientWidth, height, legend: { show: false }, padding: [14, 18, 0, 0],
    scales: { x: { time: false, range: xRange ?? range }, y: { range: yRange ?? range } },
    series: [{}, ...series.map(seriesOf)],
    axes: [axis(xLabel, 36, xTicks ?? tick, xSplits), axis(yLabel, 64, tick)],
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    hooks: {
      init: [(made) => made.over.append(tip)],
      setCursor: [(made) => showNearest(tip, made, rows, series)],
      draw: [(made) => {
        drawMarks(made, marked ?? []);
        box.dataset.points = rows.length;
      }],
    },
  }, columns, box);
}

/** What a point says of itself. */
function told(point) {
  const facts = [...targets, ...controls].map((name) => [name, four(point.metrics[name])]);
  return [point.label, ...facts, ["score", four(point.score)]];
}

const inPlot = (point) => known(point.x) && known(point.y);
const place = (point) => [point.x, point.y, told(point)];

function paretoPlot() {
  const all = [...data.models, ...data.profiles.flatMap((profile) => profile.trials)];
  const front = all.filter((point) => point.on_front && inPlot(point)).map((point) => [point.x, point.y, null]);
  const dots = profiles.map((profile) => ({
    ...profile, isDots: true, points: profile.trials.filter(inPlot).map(place),
  }));
  const models = { name: "models", color: "--outside", isDots: true, isRing: true,
    points: data.models.filter(inPlot).map(place) };
  const marked = [
    ...data.models.filter(inPlot).map((point) => ({ x: point.x, y: point.y, text: point.label })),
    ...(inPlot(data.winner) ? [{ x: data.winner.x, y: data.winner.y, text: "winner", isRing: true, color: "--ink" }] : []),
  ];
  return {
    series: [{ name: "front", color: "--outside", isLine: true, isDashed: true, points: front }, ...dots, models],
    xLabel: data.axes.x, yLabel: data.axes.y, marked,
  };
}

/** What can be drawn over the numbers that were searched. */
const drawable = [
  { name: `score (${data.goals.objective})`, of: (point) => point.score },
  ...metricNames.map((name) => ({ name, of: (point) => point.metrics[name] })),
];

function overNumbers(measure) {
  const at = (point, index) => (isOneNumber ? point.numbers[0] : index + 1);
  const lines = profiles.map((profile) => ({
    ...profile, isLine: isOneNumber, isDots: true,
    points: profile.trials.map((point, index) => [at(point, index), measure.of(point), told(point)])
      .filter((point) => known(point[1])),
  }));
  const ends = lines.flatMap((line) => line.points.map((point) => point[0]));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const models = data.models.filter((point) => known(measure.of(point))).map((point) => ({
    name: point.label, color: "--outside", isLine: true, isDashed: true,
    points: [[low, measure.of(point), null], [high, measure.of(point), told(point)]],
  }));
  const marked = models.map(({ name, points }) => ({ x: points[0][0], y: points[0][1], text: name }));
  const best = profiles.find((profile) => profile.name === data.winner.profile);
  const index = best.trials.findIndex(isWinner);
  if (known(measure.of(data.winner))) {
    marked.push({ x: at(data.winner, index), y: measure.of(data.winner), text: "winner", isRing: true, color: "--ink" });
  }
  return {
    series: [...models, ...lines], marked, yLabel: measure.name,
    xLabel: isOneNumber ? `${numbers[0]}, or λ of uniform scaling` : "evaluation",
  };
}

/** Over the layers, with what lies outside at both ends. */
function overDepth(yLabel, lines) {
  const depth = Math.max(1, ...lines.flatMap((line) => line.values.map(([layer]) => layer)));
  const gap = Math.ceil(depth / 10);
  const at = { before: 1 - gap, after: depth + gap };
  const name = (x) => (x < 1 ? "before" : x > depth ? "after" : "layer " + x);
  const say = (line, x, value) => [line.name, [name(x), four(value)]];
  const series = lines.flatMap((line) => [
    { name: line.name, color: line.color, isLine: true, isDots: depth <= 64, isDashed: line.isDashed,
      points: line.values.map(([x, value]) => [x, value, say(line, x, value)]) },
    { name: line.name, color: line.color, isDots: true, isRing: true,
      points: Object.entries(line.ends).filter(([, value]) => known(value))
        .map(([side, value]) => [at[side], value, say(line, at[side], value)]) },
  ]);
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => depth / s <= 12) ?? 1000;
  const inner = Array.from({ length: Math.floor(depth / step) }, (_, i) => (i + 1) * step);
  const ticks = (plot, values) => values.map((x) =>
    x === at.before ? "before" : x === at.after ? "after" : String(x));
  return {
    series, yLabel, xLabel: "layer", xTicks: ticks, xSplits: () => [at.before, ...inner, at.after],
    xRange: () => [at.before - 0.5, at.after + 0.5],
    yRange: (plot, low, high) => [Math.min(0, low ?? 0) * 1.08, (high > 0 ? high : 1) * 1.1],
  };
}

function lambdaPlot() {
  const { stacks, lambda_before: before, lambda_after: after } = data.depth;
  return overDepth("λ(ℓ)", stacks.map((stack, index) => ({
    name: stack.name || "(top level)", color: profileColor(index),
    values: stack.lambda.map((value, layer) => [layer + 1, value]),
    ends: index === 0 ? { before, after } : {},
  })));
}

function changePlot() {
  const lines = new Map();
  const several = data.depth.stacks.length > 1;
  for (const { model, stack, layer, outside, relative } of data.depth.changes) {
    const name = several && stack !== undefined ? `${model}, ${stack}` : model;
    if (!lines.has(name)) {
      lines.set(name, { name, color: profileColor(lines.size), values: [], ends: {} });
    }
    if (outside) lines.get(name).ends[outside] = relative;
    else if (known(relative)) lines.get(name).values.push([layer, relative]);
  }
  return overDepth("‖τ‖ / ‖θ₀‖", [...lines.values()]);
}

function figureOf(title, height, content, ...words) {
  const box = element("div", { className: "plot" });
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", title + ", drawn; the values are in the table of trials");
  const caption = element("figcaption", {}, element("h3", {}, title), ...words);
  byId("charts").append(element("figure", { className: "chart" }, caption, box));
  return { box, height, content, plot: null };
}

/** What colours mean, where the legend of profiles does not say it. */
function keys(plot) {
  const named = new Map(plot.series.map((each) => [each.name, each.color]));
  return element("p", { className: "keys" },
    ...[...named].map(([name, color]) => element("span", { className: "trial" }, swatch(color, false), name)));
}

function addLegend(redraw) {
  for (const profile of profiles) {
    const button = element("button", { type: "button" }, swatch(profile.color, false), profile.name);
    const press = () => button.setAttribute("aria-pressed", profile.isShown);
    press();
    button.onclick = () => {
      profile.isShown = !profile.isShown;
      press();
      redraw();
    };
    byId("legend").append(button);
  }
}

/** Without controls, the axes are the first target and the others. */
function frontTitle() {
  if (controls.length > 0) {
    return "Target against control";
  }
  return `${targets[0]} against ${targets.length === 2 ? targets[1] : "the other targets"}`;
}

function showCharts() {
  const chosen = element("select", { id: "measure" });
  chosen.setAttribute("aria-label", "What to draw");
  chosen.append(...drawable.map(({ name }, index) => element("option", { value: index }, name)));
  const title = isOneNumber ? `Over ${numbers[0]}` : "Over the evaluations, in their order";
  const winner = data.winner.label;
  const charts = [
    ...(data.axes ? [figureOf(frontTitle(), 380, paretoPlot,
      element("p", {}, "Up and to the right is better. The dashed line is the front."))] : []),
    figureOf(title, 380, () => overNumbers(drawable[chosen.value]), element("p", {}, "Shown: ", chosen)),
    ...(data.depth.stacks.length > 0 ? [
      figureOf("λ over depth, of the winner", 260, lambdaPlot, element("p", {}, winner), keys(lambdaPlot())),
      figureOf("Where fine-tuning changed the model", 260, changePlot, keys(changePlot())),
    ] : []),
  ];
  const redraw = () => {
    for (const each of charts) {
      each.plot?.destroy();
      each.plot = plotOf(each.box, each.height, each.content());
    }
  };
  redraw();
  addLegend(redraw);
  redrawForPaper(redraw);
  chosen.onchange = redraw;
  matchMedia("(prefers-color-scheme: dark)").onchange = redraw;
  const fit = ({ plot, box, height }) => plot.setSize({ width: box.clientWidth, height });
  new ResizeObserver(() => charts.forEach(fit)).observe(byId("charts"));
}

showCharts();
