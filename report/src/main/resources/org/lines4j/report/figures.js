/* The figures of a difference, see DiffJson. */

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

const isInLayer = (place) => Array.isArray(place);
const layerOf = (place) => place[1];
const stackOf = (place) => place[0];

const stackName = (index) => data.stacks[index][0] || "(top level)";

/** A short name, such as "model.layers 12" or "before". */
function placeName(place) {
  return isInLayer(place) ? `${stackName(stackOf(place))} ${layerOf(place)}` : place;
}

const stackColor = (index) => `--series-${index % 6}`;
