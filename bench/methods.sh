#!/usr/bin/env bash
# Times `lines merge` with every method but passthrough, on a base and four fine-tuned float32 models (two where a method takes
# two), against the floor of one pass: every model read, one copied, the copy synced. Page cache warm, in turn.
#
# usage: bench/methods.sh [RUNS] [BLOCKS] [DIR]
# 1 run on 5 x 0.7 GB (1 block, whose embeddings are most of it) by default.
set -euo pipefail
runs=${1:-1} blocks=${2:-1} dir=${3:-${TMPDIR:-/tmp}/lines-bench}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

pair=$dir/llama-f32-$blocks
make_models "$pair" "$blocks" F32 4

# recipe METHOD MODELS BASE PARAMETERS [MODEL_PARAMETERS]: of so many tuned models; writes method-METHOD.yml and defines
# METHOD to run it
recipe() {
  local i
  {
    echo "merge_method: $1"
    [ "$3" = no ] || echo "base_model: base"
    echo "parameters: {$4}"
    echo "models:"
    for ((i = 1; i <= $2; i++)); do
      echo "- model: tuned$i"
      [ -z "${5:-}" ] || echo "  parameters: {$5}"
    done
  } >"$pair/method-$1.yml"
  eval "$1() { \"$root/lines\" merge --quiet \"$pair/method-$1.yml\" \"$dir/out.safetensors\" >/dev/null; }"
  methods+=("$1")
}

methods=()
recipe linear 4 no "" "weight: 0.25"
recipe task_arithmetic 4 yes "" "weight: 0.3"
recipe metagpt 4 yes ""
recipe ties 4 yes "" "weight: 0.3, density: 0.2"
recipe consensus 4 yes "" "weight: 0.3"
recipe dare_linear 4 yes "" "weight: 0.3, density: 0.5"
recipe dare_ties 4 yes "" "weight: 0.3, density: 0.5"
recipe della 4 yes "" "weight: 0.3, density: 0.5, epsilon: 0.1"
recipe della_linear 4 yes "" "weight: 0.3, density: 0.5, epsilon: 0.1"
recipe breadcrumbs 4 yes "" "weight: 0.3, density: 0.8, gamma: 0.01"
recipe breadcrumbs_ties 4 yes "" "weight: 0.3, density: 0.8, gamma: 0.01"
recipe slerp 1 yes "t: 0.3"
recipe nuslerp 2 no "" "weight: 0.5"
recipe multislerp 4 yes "" "weight: 0.3"
recipe karcher 4 no ""
recipe model_stock 4 yes ""
recipe sce 4 yes "select_topk: 0.5"
recipe nearswap 1 yes "t: 0.001"
recipe arcee_fusion 1 yes ""
recipe ram 4 yes ""
recipe ramplus_tl 4 yes ""
recipe pcb 4 yes ""

floor() { cat "$pair"/base/model.safetensors "$pair"/tuned?/model.safetensors >/dev/null && cp "$pair/tuned1/model.safetensors" "$dir/floor" && sync "$dir/floor"; }

"$root/lines" --version
floor
for ((i = 0; i < runs; i++)); do
  for what in floor "${methods[@]}"; do
    export -f "${what?}"
    measure "$what"
  done
done
report floor "${methods[@]}"
