/* How merge methods compare. The data are contest.json. */
/** What was searched of a profile; where LiNeS was searched both ways outside the layers, the better one. */
const profileOf = (method, name) => method.profiles
  .filter(({ profile }) => profile === name || profile.startsWith(name + " outside:"))
  .reduce((best, each) => ((each.score ?? -Infinity) > (best?.score ?? -Infinity) ? each : best ?? each), null);

function showVerdict() {
  const best = data.methods[0];
  byId("answer").classList.add(best.lines_pays ? "yes" : "no");
  byId("answer").textContent = `${best.method}, ${best.lines_pays ? "with" : "without"} LiNeS`;
  byId("sentences").append(...data.sentences.map((sentence) => element("li", {}, sentence)));
}

/** Where the best of all is in the chart, if it is. */
function winner() {
  const best = data.methods[0];
  const curve = ["uniform", "lines"].map((name) => profileOf(best, name))
    .find((profile) => profile?.best === best.winner)?.best_so_far;
  const y = curve?.at(-1);
  return known(y) ? [{ x: curve.indexOf(y) + 1, y, text: "winner", isRing: true, color: "--ink" }] : [];
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
  return { series, marked: winner(), xLabel: "evaluation", yLabel: "the best score so far", xSplits: splits };
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
