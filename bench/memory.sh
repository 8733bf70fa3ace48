#!/usr/bin/env bash
# The largest resident set of edits of large models of each form, which should stay under 512 MB:
#   pt       two PyTorch files of 5 GB
#   gguf     two GGUF files of 5 GB, in Q8_0
#   adapter  a LoRA adapter (rank 16, all linear modules) on a model of 14 GB
# Models are sparse files of zeros where they can be (bench/sparse_models.py): what is measured is memory, and that the whole edit is
# carried out.
#
# usage: bench/memory.sh [DIR]      needs 20 GB in DIR, and GNU time
set -euo pipefail
dir=${1:-${TMPDIR:-/tmp}/lines-memory}
root=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}

[ -f "$dir/adapter/adapter_config.json" ] || "$python" "$root/bench/sparse_models.py" "$dir"
if [ ! -f "$dir/tuned.pt" ]; then
  "$root/lines" convert --quiet "$dir/small/model.safetensors" "$dir/base.pt" >/dev/null
  ln "$dir/base.pt" "$dir/tuned.pt"
fi

edit() {
  rm -rf "$dir/out" "$dir/out.pt" "$dir/out.gguf"
  /usr/bin/time -o "$dir/time" -f '%e %M' "$root/lines" edit --quiet --base "$2" --tuned "$3" --out "$4" >/dev/null
  awk -v what="$1" '{ printf "| %s | %.0f | %.0f |\n", what, $1, $2 / 1000 }' "$dir/time"
  rm -rf "$dir/out" "$dir/out.pt" "$dir/out.gguf"
}

"$root/lines" --version
echo "| what | s | peak MB |"
echo "|---|---|---|"
edit pt "$dir/base.pt" "$dir/tuned.pt" "$dir/out.pt"
edit gguf "$dir/model-1.gguf" "$dir/model-2.gguf" "$dir/out.gguf"
edit adapter "$dir/large" "$dir/adapter" "$dir/out"
