#!/usr/bin/env bash
# Merges on a local cluster of Apache Spark against 'lines merge' on this machine: seconds, processor seconds for each GB that is
# read and written, tasks, what a task costs, and the bytes that come to the driver.
#   bench/cluster.sh DIR [BLOCKS [WORKERS...]]    models of BLOCKS blocks (8); 1, 2 and 4 workers of one core each
# All workers share this machine: more of them than processors cannot be faster. Needs python3 for the event log.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mkdir -p "$1" && cd "$1" && pwd)
blocks=${2:-8}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- 1 2 4
. "$root/bench/common.sh"

export SPARK_CLUSTER_DIR=$dir/cluster SPARK_CLUSTER_PORT=${SPARK_CLUSTER_PORT:-17377}
make_models "$dir" "$blocks" BF16 3
cat >"$dir/ties.yml" <<EOF
merge_method: ties
base_model: base
models: [{model: tuned1}, {model: tuned2}, {model: tuned3}]
parameters: {density: 0.2, trim_scope: model}
lines: {alpha: auto, beta: 0.5}
EOF
SPARK_HOME=${SPARK_HOME:-$("$root/tools/spark-cluster" fetch)}
export SPARK_HOME
"$root/lines" --version >/dev/null
"$root/lines" merge "$dir/ties.yml" "$dir/out" --dry-run --cluster none >/dev/null # builds what is needed
cat "$dir"/base/*.safetensors "$dir"/tuned?/*.safetensors >/dev/null

# processor seconds of the cluster's processes and of those that they have ended
used() {
  local pid sum=0
  for pid in $(cat "$SPARK_CLUSTER_DIR/pids"); do
    sum=$(awk -v s="$sum" -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print s + ($12 + $13 + $14 + $15) / hz }' "/proc/$pid/stat")
  done
  echo "$sum"
}

# row WHAT SECONDS CPU: per GB of what all passes read and write
gb=$("$root/lines" merge "$dir/ties.yml" "$dir/out" --dry-run --json | "$python" -c '
import json, sys
d = json.load(sys.stdin)
print((d["bytes_to_read"] + d["bytes_to_write"]) / 1e9)')
row() {
  echo "$2 $3 $gb" | awk -v w="$1" -v more="${4:-– | – | –}" '{ printf "| %s | %.1f | %.1f | %.2f | %s |\n", w, $1, $2, $2 / $3, more }'
}

timed() { # seconds and processor seconds of a command
  /usr/bin/time -o "$results/time" -f '%e %U %S' "$@" >&2
  awk '{ print $1, $2 + $3 }' "$results/time"
}

echo "| who | seconds | processor seconds | per GB | tasks | a task's cost, ms | bytes to the driver |"
echo "|---|---|---|---|---|---|---|"
for threads in 1 2; do
  rm -rf "$dir/here"
  read -r seconds cpu < <(timed "$root/lines" merge "$dir/ties.yml" "$dir/here" --threads $threads --quiet)
  row "this machine, $(printf '%d thread' $threads)" "$seconds" "$cpu"
done
for workers; do
  rm -rf "$dir/there" "$results/events" && mkdir "$results/events"
  address=$("$root/tools/spark-cluster" start "$workers")
  trap '"$root/tools/spark-cluster" stop; rm -rf "$results"' EXIT
  before=$(used)
  read -r seconds cpu < <(LINES_JAVA_OPTS="-Dspark.driver.host=127.0.0.1 -Dspark.executor.memory=900m -Dspark.eventLog.enabled=true \
    -Dspark.eventLog.dir=$results/events -Dspark.eventLog.compress=false" \
    timed "$root/lines" merge "$dir/ties.yml" "$dir/there" --quiet --cluster "$address")
  sleep 2
  cpu=$(echo "$cpu $(used) $before" | awk '{ print $1 + $2 - $3 }')
  more=$("$python" "$root/bench/events.py" "$results/events")
  row "cluster of $workers" "$seconds" "$cpu" "$more"
  "$root/tools/spark-cluster" stop
  for file in "$dir"/here/*.safetensors; do
    cmp "$file" "$dir/there/$(basename "$file")"
  done
done
rm -rf "$dir/here" "$dir/there"
