"use strict";

/* What all pages share: their data, how numbers are written, how elements are made. */
const data = JSON.parse(document.getElementById("data").textContent);

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

const css = (variable) => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

/** Paper is white and narrow, whatever the screen is. */
function redrawForPaper(redraw) {
  const on = (event, isPaper) => addEventListener(event, () => {
    document.documentElement.classList.toggle("print", isPaper);
    redraw();
  });
  on("beforeprint", true);
  on("afterprint", false);
}
