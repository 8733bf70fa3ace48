#!/usr/bin/env bash
# Times `lines merge` of four fine-tuned float32 models against the floor for its bytes: every model read once a pass, one
# copied, the copy synced. Interleaved, page cache warm.
#   ta     task arithmetic: one pass
#   ties   TIES with thresholds over the whole model (the authors'): one pass to find them, one to merge
#   pytorch_ta, pytorch_ties   the same in PyTorch, once, where PYTHON (default: python3) has it; must agree to 2e-6
#
# usage: bench/merge.sh [RUNS] [BLOCKS] [DIR]
# 5 runs on 5 x 0.7 GB (1 block, whose embeddings are most of it) by default.
set -euo pipefail
runs=${1:-5} blocks=${2:-1} dir=${3:-${TMPDIR:-/tmp}/lines-bench}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

pair=$dir/llama-f32-$blocks
make_models "$pair" "$blocks" F32 4
models() { for i in 1 2 3 4; do printf -- '- model: tuned%d\n  parameters: {weight: 0.3%s}\n' "$i" "$1"; done; }
{ echo "merge_method: task_arithmetic"; echo "base_model: base"; echo "models:"; models ""; } >"$pair/ta.yml"
{
  echo "merge_method: ties"; echo "base_model: base"; echo "models:"; models ", density: 0.2"
  echo "parameters: {trim_scope: model}"
} >"$pair/ties.yml"

read_all() { cat "$pair"/base/model.safetensors "$pair"/tuned?/model.safetensors >/dev/null; }
one_pass() { read_all && cp "$pair/tuned1/model.safetensors" "$dir/floor" && sync "$dir/floor"; }
two_passes() { read_all && one_pass; }
ta() { "$root/lines" merge --quiet "$pair/ta.yml" "$dir/out.safetensors" >/dev/null; }
ties() { "$root/lines" merge --quiet "$pair/ties.yml" "$dir/out.safetensors" >/dev/null; }
pytorch() {
  "$python" "$root/bench/pytorch_merge.py" "$1" "$pair/base/model.safetensors" "$dir/pytorch.safetensors" "$pair"/tuned?/model.safetensors &&
    sync "$dir/pytorch.safetensors"
}
pytorch_ta() { pytorch ta; }
pytorch_ties() { pytorch ties; }
agree() { "$python" "$root/bench/agree.py" "$dir/out.safetensors" "$dir/pytorch.safetensors"; }
check_pytorch_ta() { ta && agree; }
check_pytorch_ties() { ties && agree; }
export -f read_all one_pass two_passes pytorch

"$root/lines" --version
read_all
for ((i = 0; i < runs; i++)); do
  for what in one_pass ta two_passes ties; do measure "$what"; done
done
if has_pytorch; then
  for what in pytorch_ta pytorch_ties; do measure "$what"; done
fi
report one_pass ta pytorch_ta
report two_passes ties pytorch_ties
