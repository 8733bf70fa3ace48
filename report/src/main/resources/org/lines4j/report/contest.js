/* How merge methods compare. The data are contest.json. */
const profileOf = (method, name) => method.profiles.find((profile) => profile.profile === name);

function showVerdict() {
  const best = data.methods[0];
  byId("answer").classList.add(best.lines_pays ? "yes" : "no");
  byId("answer").textContent = `${best.method}, ${best.lines_pays ? "with" : "without"} LiNeS`;
  byId("sentences").append(...data.sentences.map((sentence) => element("li", {}, sentence)));
}

/** The best score so far of each method, with LiNeS and, dashed, with uniform scaling. */
function bestSoFar() {
  const series = data.methods.flatMap((method, index) => ["lines", "uniform"].map((name) => ({
    name: method.method, color: profileColor(index), isLine: true, isDots: true, isDashed: name === "uniform",
    points: (profileOf(method, name)?.best_so_far ?? [])
      .map((score, i) => [i + 1, score, [method.method, [name, four(score)]]])
      .filter(([, score]) => known(score)),
  })));
  const splits = (plot, axis, low, high) => {
    const step = Math.max(1, Math.ceil((high - low) / 12));
    return Array.from({ length: Math.floor(high / step) }, (_, i) => (i + 1) * step);
  };
  return { series, xLabel: "evaluation", yLabel: "the best score so far", xSplits: splits };
}

function showChart() {
  if (bestSoFar().series.every((each) => each.points.length === 0)) return;
  const figure = figureOf("The best score so far, over the evaluations on all data", 380, bestSoFar,
    element("p", {}, "Full lines: LiNeS. Dashed lines: uniform scaling."), keys(bestSoFar()));
  drawAll([figure]);
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
      element("th", { scope: "row" }, element("span", { className: "trial" }, swatch(profileColor(index), false), method.method)),
      cell(method.winner, "text wrap"), cell(four(method.score)),
      cell(four(profileOf(method, "lines")?.score)), cell(four(profileOf(method, "uniform")?.score)),
      cell(four(method.gain_over_uniform)), cell(four(method.standard_error)), cell(count(measured))));
  });
}

showVerdict();
showChart();
showMethods();
