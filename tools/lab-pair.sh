#!/usr/bin/env bash
# Takes the pair that tests of the lab measure from a lab: the base, the model fine-tuned on kanji, and the class vectors that both
# are read through.
#
# usage: tools/lab-pair.sh LAB/seed-11      (LAB made by ./lines lab train --out LAB)
set -euo pipefail
seed=$1
target=$(cd "$(dirname "$0")/.." && pwd)/lab/src/test/resources/org/lines4j/lab/command/pair
for pair in base:base tuned/kanji:tuned; do
  mkdir -p "$target/${pair#*:}"
  cp "$seed/${pair%:*}/config.json" "$seed/${pair%:*}/model.safetensors" "$target/${pair#*:}"
done
cp "$seed/heads-2.0.safetensors" "$target/heads.safetensors"
