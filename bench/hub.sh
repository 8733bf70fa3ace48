#!/usr/bin/env bash
# Times `lines edit --no-cache` of two models of a Hub on this machine against curl fetching the same bytes from it, interleaved:
#   curl     both models' weights, one after the other, to nowhere
#   stream   lines edit --no-cache, to a .safetensors file
#   fetch    lines edit through the cache, which begins empty
#   here     the same edit of local files
# and says how much `inspect` and `edit --dry-run` fetch.
#
# usage: bench/hub.sh [RUNS] [BLOCKS] [MEGABYTES_PER_SECOND] [DIR]
# 3 runs on 2 x 2.2 GB (22 blocks) through a link of 100 MB/s by default, 0 for no limit; needs four times one model's size in DIR.
set -euo pipefail
runs=${1:-3} blocks=${2:-22} speed=${3:-100} dir=${4:-${TMPDIR:-/tmp}/lines-bench}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

pair=$dir/llama-$blocks
make_models "$pair" "$blocks" BF16 1
base=$pair/base/model.safetensors tuned=$pair/tuned/model.safetensors
mkdir -p "$dir/hub/acme"
ln -sfn "$pair/base" "$dir/hub/acme/base"
ln -sfn "$pair/tuned" "$dir/hub/acme/tuned"
cat "$base" "$tuned" >/dev/null

coproc server { "$root/tools/local-hub/start" "$dir/hub" 0 "$speed"; }
while read -r word value <&"${server[0]}"; do
  [ "$word" != serving ] || break
done
export HF_ENDPOINT=$value HF_HUB_CACHE=$dir/hub-cache HF_HUB_OFFLINE=0
sent() { # how many bytes since the last time
  echo >&"${server[1]}"
  read -r bytes _ <&"${server[0]}"
  echo "$bytes"
}

lines=${LINES:-$root/lines}
export lines
curl() { for model in base tuned; do command curl -sfL -o /dev/null "$HF_ENDPOINT/acme/$model/resolve/main/model.safetensors"; done; }
stream() { "$lines" edit --quiet --no-cache --base acme/base --tuned acme/tuned --alpha 0.1 --out "$dir/out.safetensors" >/dev/null; }
fetch() { "$lines" edit --quiet --base acme/base --tuned acme/tuned --alpha 0.1 --out "$dir/out.safetensors" >/dev/null; }
here() { "$lines" edit --quiet --base "$pair/base" --tuned "$pair/tuned" --alpha 0.1 --out "$dir/out.safetensors" >/dev/null; }
check_here() { cmp -s "$dir/out.safetensors" "$dir/wanted" || mv "$dir/out.safetensors" "$dir/wanted"; }
check_stream() { cmp "$dir/out.safetensors" "$dir/wanted"; }
check_fetch() { cmp "$dir/out.safetensors" "$dir/wanted"; }

rm -rf "$dir/wanted" "$HF_HUB_CACHE"
sent >/dev/null
"$lines" inspect acme/base >/dev/null
echo "inspect: $(sent) bytes of $(stat -c %s "$base")"
"$lines" edit --quiet --base acme/base --tuned acme/tuned --out "$dir/none" --dry-run >/dev/null
echo "edit --dry-run: $(sent) bytes of twice as many"
for ((i = 0; i < runs; i++)); do
  for what in here curl stream fetch; do
    rm -rf "$HF_HUB_CACHE"
    measure "$what"
  done
done
rm -rf "$dir/wanted" "$HF_HUB_CACHE"
report curl stream fetch here
