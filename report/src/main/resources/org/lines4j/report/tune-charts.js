/* The charts of a search, drawn by plots.js: target against control, a metric over the numbers that were
   searched, λ and the size of the update over depth. */
const profiles = data.profiles.map((profile, index) => ({
  name: profile.profile, color: profileColor(index), trials: profile.trials, best: bestOf(profile),
  isShown: true,
}));
const numbers = data.search.numbers;
const isOneNumber = numbers.length === 1;

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
  { name: `score (${data.goals.objective})`, label: "score", of: (point) => point.score },
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
  const index = winningProfile.trials.findIndex(isWinner);
  if (known(measure.of(data.winner))) {
    marked.push({ x: at(data.winner, index), y: measure.of(data.winner), text: "winner", isRing: true, color: "--ink" });
  }
  return {
    series: [...models, ...lines], marked, yLabel: measure.label ?? measure.name,
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
  const redraw = drawAll(charts);
  addLegend(redraw);
  chosen.onchange = redraw;
}

showCharts();
