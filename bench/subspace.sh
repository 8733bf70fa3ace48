#!/usr/bin/env bash
# Times `lines merge` with methods on singular directions against the authors' equations in PyTorch (pytorch_subspace.py) on the
# same cores, page cache warm, in turn; the two must agree. Prints wall time, processor time (which others on the machine
# disturb less), peak memory, and what share of one thread's GEMM the cheapest known way of that merge comes to in that
# processor time, start and reading included.
#   vit    N = 8, blocks of ViT-L/14's matrices (3072×1024, 1024×1024, 4096×1024, 1024×4096; the model has 24 blocks)
#   8b     N = 4, a matrix each of 4096×4096, 14336×4096 and 4096×14336
#
# usage: bench/subspace.sh [vit|8b|ROWSxCOLS] [RUNS] [BLOCKS] [METHODS] [DIR]
# 3 runs of vit with 1 block and all methods by default. PYTHON must have PyTorch; PYTORCH=no leaves its merges out.
set -euo pipefail
what=${1:-vit} runs=${2:-3} blocks=${3:-1} list=${4:-iso_c,tsv_m,iso_cts,dc_merge,star,swudi} dir=${5:-${TMPDIR:-/tmp}/lines-bench}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"
has_pytorch || { echo "needs PyTorch and safetensors: set PYTHON" >&2; exit 1; }

case $what in
  vit) count=8 shapes=("3072x1024:$blocks" "1024x1024:$blocks" "4096x1024:$blocks" "1024x4096:$blocks") ;;
  8b) count=4 shapes=("4096x4096:$blocks" "14336x4096:$blocks" "4096x14336:$blocks") ;;
  *) count=4 shapes=("$what:$blocks") ;;
esac
pair=$dir/subspace-$what-$blocks
if [ ! -f "$pair/complete" ]; then
  "$python" "$root/bench/pytorch_subspace.py" make "$pair" "$count" "${shapes[@]}"
  touch "$pair/complete"
fi

# timed NAME COMMAND...: notes wall seconds, processor seconds and peak memory
timed() {
  /usr/bin/time -a -o "$results/$1" -f '%e %U %S %M' "${@:2}" >/dev/null
  tail -n 1 "$results/$1" | awk -v name="$1" '{ print name, $1 " s, processors " $2 + $3 " s" }' >&2
}

# column NAME EXPRESSION: its median over the runs
column() { awk "{ print $2 }" "$results/$1" >"$results/column" && median "$results/column"; }

"$root/lines" --version
gemm=$("$python" "$root/bench/pytorch_subspace.py" gemm)
echo "one thread's GEMM in double: $gemm GFLOP/s"
cat "$pair"/*.safetensors >/dev/null
for method in ${list//,/ }; do
  {
    printf 'merge_method: %s\nbase_model: base.safetensors\nmodels:\n' "$method"
    for ((i = 1; i <= count; i++)); do echo "- model: tuned$i.safetensors"; done
  } >"$pair/$method.yml"
  for ((i = 0; i < runs; i++)); do
    rm -f "$dir"/out.safetensors "$dir"/pytorch.safetensors
    timed "$method" "$root/lines" merge --quiet "$pair/$method.yml" "$dir/out.safetensors"
    [ "${PYTORCH:-yes}" != no ] || continue
    timed "pytorch_$method" "$python" "$root/bench/pytorch_subspace.py" "$method" "$pair" "$dir/pytorch.safetensors"
    "$python" "$root/bench/agree.py" "$dir/out.safetensors" "$dir/pytorch.safetensors" 2e-3 # PyTorch's are float32
  done
done
echo "load $(cut -d' ' -f1 /proc/loadavg)"
echo "| what | median s | processors s | peak MB | share of GEMM |"
echo "|---|---|---|---|---|"
for name in ${list//,/ }; do
  gflop=$("$python" "$root/bench/pytorch_subspace.py" gflop "$name" "$pair")
  for one in "$name" "pytorch_$name"; do
    if [ -f "$results/$one" ]; then
      busy=$(column "$one" '$2 + $3')
      share=$(awk -v flop="$gflop" -v busy="$busy" -v gemm="$gemm" 'BEGIN { printf "%.2f", flop / busy / gemm }')
      echo "| $one | $(column "$one" '$1') | $busy | $(column "$one" '$4 / 1000') | $share |"
    fi
  done
done
