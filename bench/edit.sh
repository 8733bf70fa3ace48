#!/usr/bin/env bash
# Times `lines edit` against the machine's own copy speed, interleaved, page cache warm:
#   floor    read one model, cp the other, sync the copy
#   file     lines edit, to a .safetensors file
#   first    lines edit, to a model folder, inputs never hashed before
#   folder   the same, when their hashes are remembered
#   pytorch  the same edit in PyTorch, once, where PYTHON (default: python3) has it
#
# usage: bench/edit.sh [RUNS] [BLOCKS] [DIR]
# 5 runs on 2 x 2.2 GB (22 blocks) by default; needs three times one model's size in DIR.
set -euo pipefail
runs=${1:-5} blocks=${2:-22} dir=${3:-${TMPDIR:-/tmp}/lines-bench}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

pair=$dir/llama-$blocks
make_models "$pair" "$blocks" BF16 1
base=$pair/base/model.safetensors tuned=$pair/tuned/model.safetensors

floor() { cat "$base" >/dev/null && cp "$tuned" "$dir/floor" && sync "$dir/floor"; }
edit() { "$root/lines" edit --quiet --base "$pair/base" --tuned "$pair/tuned" --alpha 0.1 --out "$1" >/dev/null; }
file() { edit "$dir/out.safetensors"; }
folder() { edit "$dir/out"; }
first() { LINES_JAVA_OPTS=-Dlines4j.cache= edit "$dir/out"; }
pytorch() { "$python" "$root/bench/pytorch_edit.py" "$base" "$tuned" "$dir/pytorch.safetensors" && sync "$dir/pytorch.safetensors"; }

"$root/lines" --version
cat "$base" "$tuned" >/dev/null
for ((i = 0; i < runs; i++)); do
  for what in floor file folder first; do measure "$what"; done
done
if has_pytorch; then measure pytorch; fi
report floor file folder first pytorch
