#!/usr/bin/env bash
# Times `lines edit` against the machine's own copy speed, interleaved, page cache warm:
#   floor    read one model, cp the other, sync the copy
#   file     lines edit, to a .safetensors file
#   first    lines edit, to a model folder, inputs never hashed before
#   folder   the same, when their hashes are remembered
#   pytorch  the same edit in PyTorch, once, where PYTHON (default: python3) has it
# and, with the word pt, the same pair as files of PyTorch:
#   readpt  lines edit of two .pt files, to a .safetensors file
#   pt       the same, to a .pt file
#
# usage: bench/edit.sh [RUNS] [BLOCKS] [DIR] [pt]
# 5 runs on 2 x 2.2 GB (22 blocks) by default; needs three times one model's size in DIR, with pt five times.
set -euo pipefail
runs=${1:-5} blocks=${2:-22} dir=${3:-${TMPDIR:-/tmp}/lines-bench} forms=${4:-}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

pair=$dir/llama-$blocks
make_models "$pair" "$blocks" BF16 1
base=$pair/base/model.safetensors tuned=$pair/tuned/model.safetensors

if [ "$forms" = pt ]; then
  for model in base tuned; do
    [ -f "$pair/$model.pt" ] || "$root/lines" convert --quiet "$pair/$model/model.safetensors" "$pair/$model.pt" >/dev/null
  done
fi

floor() { cat "$base" >/dev/null && cp "$tuned" "$dir/floor" && sync "$dir/floor"; }
edit() { "$root/lines" edit --quiet --base "$pair/base${2-}" --tuned "$pair/tuned${2-}" --alpha 0.1 --out "$1" >/dev/null; }
readpt() { edit "$dir/out.safetensors" .pt; }
pt() { edit "$dir/out.pt" .pt; }
file() { edit "$dir/out.safetensors"; }
folder() { edit "$dir/out"; }
first() { LINES_JAVA_OPTS=-Dlines4j.cache= edit "$dir/out"; }
pytorch() { "$python" "$root/bench/pytorch_edit.py" "$base" "$tuned" "$dir/pytorch.safetensors" && sync "$dir/pytorch.safetensors"; }

"$root/lines" --version
cat "$base" "$tuned" >/dev/null
[ -z "$forms" ] || cat "$pair"/*.pt >/dev/null
for ((i = 0; i < runs; i++)); do
  for what in floor file folder first ${forms:+readpt pt}; do measure "$what"; done
done
if has_pytorch; then measure pytorch; fi
report floor file folder first readpt pt pytorch
