/* Plots of what a search measured, drawn by uPlot: lines and dots, which say what they are under the
   pointer. */
const profileColor = (index) => `--series-${index % 6}`;
const known = (value) => typeof value === "number";
const four = (value) => (known(value) ? String(Number(value.toPrecision(4))) : "–");

/** A number, without the tail of a double. */
const short = (value) => String(Number(value.toPrecision(6)));

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
  const named = [];
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
    const isTaken = named.some(([x, y]) => Math.abs(x - left) < 60 * scale && Math.abs(y - top) < 14 * scale);
    const at = [left + (isRight ? -13 : 13) * scale, top + (isTaken ? 17 : -9) * scale];
    ctx.strokeText(text, ...at);
    ctx.fillText(text, ...at);
    named.push([left, top]);
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

/** A figure with its words, in `charts`. */
function figureOf(title, height, content, ...words) {
  const box = element("div", { className: "plot" });
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", title + ", drawn; the values are in the table");
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

/** Draws figures, and again where their room, their paper or their colours change. */
function drawAll(charts) {
  const redraw = () => {
    for (const each of charts) {
      each.plot?.destroy();
      each.plot = plotOf(each.box, each.height, each.content());
    }
  };
  redraw();
  redrawForPaper(redraw);
  matchMedia("(prefers-color-scheme: dark)").onchange = redraw;
  const fit = ({ plot, box, height }) => plot.setSize({ width: box.clientWidth, height });
  new ResizeObserver(() => charts.forEach(fit)).observe(byId("charts"));
  return redraw;
}
