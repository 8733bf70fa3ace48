"use strict";

/* The records that this page shows, see DiffJson, and how a figure is written. */
const data = JSON.parse(document.getElementById("data").textContent);

/** A figure of a change; JSON's null is NaN. The parameters come before the named figures. */
const figure = (name) => {
  const index = data.figures.indexOf(name) + 1;
  return (change) => change[index] ?? NaN;
};
const parameters = (change) => change[0];
const cosine = figure("cosine");

/** A cosine, a double near 1, is off by some 10⁻¹⁶ either way, hence also above 1. */
const belowRounding = (difference) => difference < 1e-15;

const measures = {
  relative: {
    title: "Relative change ‖τ‖ / ‖θ₀‖", head: "‖τ‖ / ‖θ₀‖",
    of: figure("relative"), show: percent,
  },
  turn: {
    title: "Change of direction, 1 − cosine(θ₀, θₜ)", head: "1 − cos",
    of: (change) => belowRounding(1 - cosine(change)) ? 0 : 1 - cosine(change), show: number,
  },
  sparsity: {
    title: "Sparsity, the fraction of τ that is exactly zero", head: "sparsity",
    of: figure("sparsity"), show: percent,
  },
  tau: { head: "‖τ‖", of: figure("tau_norm"), show: number },
  largest: { head: "max |τ|", of: figure("tau_max"), show: number },
  base: { head: "‖θ₀‖", of: figure("base_norm"), show: number },
};

function unusual(value) {
  return Number.isNaN(value) ? "NaN" : value < 0 ? "−∞" : "∞";
}

/** Three digits or more, as 0.0123, 1.20·10⁻⁶ or 12,345. */
function number(value) {
  if (!Number.isFinite(value)) return unusual(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e7) return power(value.toExponential(2));
  return size < 1000 ? value.toPrecision(3) : count(Math.round(value));
}

/** 1.2e-6 as people write it. */
function power(exponential) {
  const [digits, exponent] = exponential.split("e");
  const raised = exponent
    .replace("+", "")
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
  return `${digits}·10${raised}`;
}

function percent(value) {
  if (!Number.isFinite(value)) return unusual(value);
  const hundredths = 100 * value;
  const size = Math.abs(hundredths);
  const digits = size === 100 ? "100" : size >= 1 ? hundredths.toFixed(2) : number(hundredths);
  return digits + "\u00a0%";
}

function count(integer) {
  return integer.toLocaleString("en-US");
}

/** 6,738,415,616 as 6.74 billion. */
function rough(integer) {
  const units = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]];
  const unit = units.find(([size]) => integer >= size);
  return unit ? `${(integer / unit[0]).toPrecision(3)} ${unit[1]}` : count(integer);
}

const isInLayer = (place) => Array.isArray(place);
const layerOf = (place) => place[1];
const stackOf = (place) => place[0];

const stackName = (index) => data.stacks[index][0] || "(top level)";

/** A short name, such as "model.layers 12" or "before". */
function placeName(place) {
  return isInLayer(place) ? `${stackName(stackOf(place))} ${layerOf(place)}` : place;
}

const stackColor = (index) => `--series-${index % 6}`;

/** An element with properties and children; text is only ever set as text. */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function swatch(color, isRing) {
  const made = element("i", { className: isRing ? "swatch ring" : "swatch" });
  made.style.setProperty("--color", `var(${color})`);
  return made;
}

/** Like text, but a line may end after each dot or underscore. */
function breakable(name) {
  const parts = name.split(/(?<=[._/])/);
  return element("span", { className: "name" },
    ...parts.flatMap((part, i) => (i > 0 ? [element("wbr"), part] : [part])));
}

const byId = (id) => document.getElementById(id);
