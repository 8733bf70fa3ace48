/* How merge methods compare. The data are contest.json. */
const known = (value) => typeof value === "number";
const four = (value) => (known(value) ? String(Number(value.toPrecision(4))) : "–");
const color = (index) => `--series-${index % 6}`;
const profileOf = (method, name) => method.profiles.find((profile) => profile.profile === name);

function showVerdict() {
  const best = data.methods[0];
  byId("answer").classList.add(best.lines_pays ? "yes" : "no");
  byId("answer").textContent = `${best.method}, ${best.lines_pays ? "with" : "without"} LiNeS`;
  byId("sentences").append(...data.sentences.map((sentence) => element("li", {}, sentence)));
}

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** As wide as there is room, so that text stays as large as the page's. */
const WIDTH = Math.max(300, Math.min(1200, byId("chart").clientWidth || 900));
const HEIGHT = Math.round(Math.min(360, WIDTH * 0.7)), LEFT = 60, RIGHT = 15, TOP = 10, BOTTOM = 48;

function showChart() {
  const curves = data.methods.flatMap((method, index) => ["lines", "uniform"]
    .map((name) => ({ index, name, scores: profileOf(method, name)?.best_so_far ?? [] })));
  const scores = curves.flatMap((curve) => curve.scores).filter(known);
  if (scores.length === 0) return;
  const low = Math.min(...scores), high = Math.max(...scores);
  const most = Math.max(...curves.map((curve) => curve.scores.length));
  const x = (i) => LEFT + (WIDTH - LEFT - RIGHT) * (most > 1 ? i / (most - 1) : 0.5);
  const y = (score) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (high > low ? (score - low) / (high - low) : 0.5);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: "100%", role: "img", "aria-labelledby": "chart-title" });
  [low, (low + high) / 2, high].forEach((score) => {
    svg.append(drawn("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(score), y2: y(score), stroke: "currentColor", "stroke-opacity": 0.2 }),
      drawn("text", { x: LEFT - 8, y: y(score) + 4, "text-anchor": "end", "font-size": 12, fill: "currentColor" }, four(score)));
  });
  [1, most].forEach((evaluation) => svg.append(drawn("text",
    { x: x(evaluation - 1), y: HEIGHT - 28, "text-anchor": "middle", "font-size": 12, fill: "currentColor" }, evaluation)));
  svg.append(drawn("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle", "font-size": 12, fill: "currentColor" },
    "evaluations"));
  curves.forEach(({ index, name, scores: own }) => {
    const points = own.map((score, i) => (known(score) ? `${x(i)},${y(score)}` : "")).filter(Boolean);
    const line = drawn("polyline", { points: points.join(" "), fill: "none", "stroke-width": 2,
      "stroke-dasharray": name === "lines" ? "none" : "5 4" });
    line.style.stroke = `var(${color(index)})`;
    svg.append(line);
  });
  byId("chart").append(svg);
  data.methods.forEach((method, index) =>
    byId("legend").append(element("span", { className: "trial" }, swatch(color(index), false), method.method + " ")));
}

const cell = (content, className) => element("td", { className: className ?? "" }, content);
const headCell = (text, className) => element("th", { className: className ?? "", scope: "col" }, text);

function showMethods() {
  const table = byId("methods");
  table.tHead.append(element("tr", {}, headCell("method", "text"), headCell("best", "text"), headCell("score"),
    headCell("LiNeS"), headCell("uniform"), headCell("gain"), headCell("standard error"), headCell("measured")));
  data.models.forEach((model) => table.tBodies[0].append(element("tr", {},
    element("th", { scope: "row" }, model.label), cell("", "text"), cell(four(model.score)), cell(""), cell(""), cell(""), cell(""), cell(""))));
  data.methods.forEach((method, index) => {
    const measured = method.profiles.reduce((sum, profile) => sum + profile.best_so_far.length + profile.screened, 0);
    table.tBodies[0].append(element("tr", { className: index === 0 ? "winner" : "" },
      element("th", { scope: "row" }, element("span", { className: "trial" }, swatch(color(index), false), method.method)),
      cell(method.winner, "text wrap"), cell(four(method.score)),
      cell(four(profileOf(method, "lines")?.score)), cell(four(profileOf(method, "uniform")?.score)),
      cell(four(method.gain_over_uniform)), cell(four(method.standard_error)), cell(count(measured))));
  });
}

showVerdict();
showChart();
showMethods();
