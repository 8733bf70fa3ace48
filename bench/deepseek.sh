#!/usr/bin/env bash
# A pair shaped like DeepSeek-V3 (671 B parameters in block FP8: 90,000 tensors, 158 shards of sparse files, 673 GB to look at):
#   plan     lines edit --dry-run of the whole pair, until it says that there is no room for the output, or shows the plan
#   floor    read one model's shard, cp the other's, sync the copy
#   shard    lines edit of that shard, one layer, filled with codes and scales: decoded, scaled, encoded with new scales
#
# usage: bench/deepseek.sh [RUNS] [DIR]      3 runs by default; needs 18 GB in DIR, page cache for 9 GB is best, and GNU time
set -euo pipefail
runs=${1:-3} dir=${2:-${TMPDIR:-/tmp}/lines-deepseek}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

number=5
shard=model-0000$number-of-00158.safetensors
pair=$dir/pair
if [ ! -f "$dir/complete" ]; then
  "$python" "$root/bench/sparse_deepseek.py" "$pair" --filled $number
  for model in base tuned; do # the shard as a model of its own
    mkdir -p "$dir/one/$model"
    cp "$pair/$model/config.json" "$dir/one/$model"
    ln -f "$pair/$model/$shard" "$dir/one/$model/model.safetensors"
  done
  touch "$dir/complete"
fi
base=$dir/one/base/model.safetensors tuned=$dir/one/tuned/model.safetensors

plan() { "$root/lines" edit --quiet --dry-run --base "$pair/base" --tuned "$pair/tuned" --out "$dir/out" >/dev/null 2>&1 || true; }
floor() { cat "$base" >/dev/null && cp "$tuned" "$dir/floor" && sync "$dir/floor"; }
shard() { "$root/lines" edit --quiet --beta 0.5 --layers '^model\.layers\.(\d+)\.' --base "$dir/one/base" --tuned "$dir/one/tuned" --out "$dir/out" >/dev/null; }

"$root/lines" --version
cat "$base" "$tuned" >/dev/null
for ((i = 0; i < runs; i++)); do
  for what in plan floor shard; do measure "$what"; done
done
report floor shard plan
