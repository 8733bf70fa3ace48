/* What a search found: the verdict in words, and the table of trials. The data are results.json. */
const targets = data.goals.targets.map((metric) => metric.name);
const controls = data.goals.controls.map((metric) => metric.name);
const lowerIsBetter = new Set([...data.goals.targets, ...data.goals.controls]
  .filter((metric) => metric.lower_is_better).map((metric) => metric.name));
const metricNames = [...new Set([...targets, ...controls,
  ...data.models.concat(data.profiles.flatMap((profile) => profile.trials))
    .flatMap((point) => Object.keys(point.metrics))])];

const isWinner = (point) => point.label === data.winner.label;
const winningProfile = data.profiles.find((profile) => profile.trials.some(isWinner));
const bestOf = (profile) => (profile.best === null ? null : profile.trials[profile.best]);

function fact(term, value) {
  return element("div", {}, element("dt", {}, term), element("dd", {}, value));
}

function showModels() {
  const isEdit = data.models.length === 2;
  byId("title").textContent = isEdit
    ? "How much of the fine-tuning to keep, layer by layer"
    : `How to scale the merge, layer by layer (${data.method})`;
  document.title = "LiNeS tune: " + data.winner.label;
  for (const [name, input] of Object.entries(data.inputs)) {
    const path = breakable(input.path);
    byId("models").append(fact(name === "base" ? "Base θ₀" : name, path));
  }
  byId("models").append(fact("Measured by", breakable(data.evaluator)));
}

function showVerdict() {
  const { lines_pays: pays, gain_over_uniform: gain, sentences } = data.verdict;
  const answer = byId("answer");
  answer.classList.add(pays ? "yes" : "no");
  answer.textContent = pays ? "LiNeS pays here."
    : gain === null ? "Whether LiNeS pays here is not known." : "LiNeS does not pay here.";
  byId("sentences").append(...sentences.map((sentence) => element("li", {}, sentence)));
  const { alpha, beta, profile, score } = data.winner;
  const parameters = Object.entries(data.winner.parameters ?? {}).map(([name, value]) => `, ${name} ${short(value)}`);
  const scaling = (profile === "uniform" ? `λ = ${short(alpha)}` : `α ${short(alpha)}, β ${short(beta)}`)
    + parameters.join("");
  byId("tiles").append(
    fact("Winner", `${winningProfile.profile}, ${scaling}`),
    fact(`Its score (${data.goals.objective})`, four(score)),
    fact("LiNeS over uniform", gain === null ? "–" : (gain > 0 ? "+" : "") + four(gain)),
  );
}

const cell = (content, className) => element("td", { className: className ?? "" }, content);
const headCell = (text, className) => element("th", { className: className ?? "", scope: "col" }, text);

function marks(point) {
  return [isWinner(point) ? "winner" : "", point.on_front ? "front" : ""].filter(Boolean).join(", ");
}

function trialRow(point, color) {
  const name = element("span", { className: "trial" }, swatch(color, color === "--outside"), point.label);
  const row = element("tr", { className: isWinner(point) ? "winner" : "" },
    element("th", { scope: "row" }, name),
    cell(known(point.alpha) ? short(point.alpha) : ""),
    cell(known(point.beta) ? short(point.beta) : ""));
  if (point.error) {
    const across = metricNames.length + 2;
    row.append(element("td", { className: "text wrap error", colSpan: across }, "failed: " + point.error));
    return row;
  }
  row.append(...metricNames.map((name) => cell(four(point.metrics[name]))),
    cell(four(point.score)), cell(marks(point), "text"));
  return row;
}

function metricHead(name) {
  const kind = targets.includes(name) ? ["target"] : controls.includes(name) ? ["control"] : [];
  const way = lowerIsBetter.has(name) ? ["lower is better"] : [];
  const head = headCell("", "");
  head.append(breakable(name), ...[...kind, ...way].flatMap((words) => [element("br"), element("small", {}, words)]));
  return head;
}

function showTrials() {
  const table = byId("trials");
  table.tHead.append(element("tr", {}, headCell("model", "text"), headCell("α"), headCell("β"),
    ...metricNames.map(metricHead), headCell("score"), headCell("", "text")));
  const body = table.tBodies[0];
  body.append(...data.models.map((point) => trialRow(point, "--outside")));
  data.profiles.forEach((profile, index) =>
    body.append(...profile.trials.map((point) => trialRow(point, profileColor(index)))));
}

showModels();
showVerdict();
showTrials();
