#!/usr/bin/env bash
# Takes the two adapters and the class vectors that `lines demo` carries from a text lab: of each fine-tuned model the four strongest directions of what
# changed in the blocks' matrices. Embeddings, norms and biases stay the base's.
#
# usage: tools/demo-adapters.sh LAB      (LAB made by ./lines lab text --seeds 1 --rates 4e-4 --out LAB)
set -euo pipefail
lab=$1
here=$(cd "$(dirname "$0")/.." && pwd)
target=$here/lab/src/main/resources/org/lines4j/lab/demo
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for task in emoji languages; do
  "$here/lines" edit --base "$lab/base" --tuned "$lab/seed-11/rate-4.0E-4/tuned/$task" --out "$scratch/$task" \
    --alpha 0 --beta 0 --only 'embeddings|LayerNorm|bias'
  "$here/lines" extract --base "$lab/base" --tuned "$scratch/$task" --rank 4 --out "$scratch/$task-lora"
  mkdir -p "$target/$task"
  sed "s|\"base_model_name_or_path\" : \"[^\"]*\"|\"base_model_name_or_path\" : \"all-MiniLM-L6-v2\"|" \
    "$scratch/$task-lora/adapter_config.json" >"$target/$task/adapter_config.json"
  cp "$scratch/$task-lora/adapter_model.safetensors" "$target/$task"
done
cp "$lab/heads.safetensors" "$target"
