#!/usr/bin/env bash
# Times `lines edit` of two models in S3 (tools/s3-mock, on this machine) against curl fetching the same bytes from it, interleaved:
#   curl     both models' weights, one after the other, to nowhere
#   stream   lines edit from S3, to a .safetensors file of this machine
#   here     the same edit of local files
#
# usage: bench/s3.sh [RUNS] [BLOCKS] [DIR]
# 3 runs on 2 x 1.2 GB (9 blocks) by default; needs five times one model's size in DIR.
set -euo pipefail
runs=${1:-3} blocks=${2:-9} dir=${3:-${TMPDIR:-/tmp}/lines-bench}
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/common.sh"

pair=$dir/llama-$blocks
make_models "$pair" "$blocks" BF16 1
base=$pair/base/model.safetensors tuned=$pair/tuned/model.safetensors
cat "$base" "$tuned" >/dev/null

export S3_MOCK_DIR=$dir/s3 S3_MOCK_PORT=${S3_MOCK_PORT:-19290}
export AWS_ACCESS_KEY_ID=anybody AWS_SECRET_ACCESS_KEY=secret AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
AWS_ENDPOINT_URL=$("$root/tools/s3-mock" start models)
export AWS_ENDPOINT_URL
trap '"$root/tools/s3-mock" stop; rm -rf "$results"' EXIT
for model in base tuned; do
  for file in config.json model.safetensors; do
    curl -sSf -T "$pair/$model/$file" "$AWS_ENDPOINT_URL/models/$model/$file" -o "$results/curl.log"
  done
done

lines=${LINES:-$root/lines}
export lines
curl() { for model in base tuned; do command curl -sf -o /dev/null "$AWS_ENDPOINT_URL/models/$model/model.safetensors"; done; }
stream() { "$lines" edit --quiet --base s3://models/base --tuned s3://models/tuned --alpha 0.1 --out "$dir/out.safetensors" >/dev/null; }
here() { "$lines" edit --quiet --base "$pair/base" --tuned "$pair/tuned" --alpha 0.1 --out "$dir/out.safetensors" >/dev/null; }
check_here() { cmp -s "$dir/out.safetensors" "$dir/wanted" || mv "$dir/out.safetensors" "$dir/wanted"; }
check_stream() { cmp "$dir/out.safetensors" "$dir/wanted"; }

rm -rf "$dir/wanted"
for ((i = 0; i < runs; i++)); do
  for what in here curl stream; do
    measure "$what"
  done
done
rm -rf "$dir/wanted"
report curl stream here
