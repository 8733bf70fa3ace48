# What the benchmarks share; sourced by them. Needs GNU time for peak memory (Debian: apt install time).
python=${PYTHON:-python3}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# make_models DIR BLOCKS TYPE COUNT: a base and COUNT tuned models, unless they are there
make_models() {
  [ ! -f "$1/complete" ] || return 0
  local jdk
  jdk=$("$root/lines" --find-jdk)
  (cd "$root" && ./mvnw -B -q -Dquick -Pbench -pl bench -am package) >&2
  mkdir -p "$1"
  "$jdk/bin/java" -cp "$root/bench/target/quick/bench.jar" org.lines4j.bench.LlamaPair "$@"
  touch "$1/complete"
}

has_pytorch() { "$python" -c 'import torch, safetensors' 2>/dev/null; }

# measure FUNCTION: runs it, notes seconds and, where GNU time is there, the largest resident set in KB.
# Where there is a check_FUNCTION, that then judges what it made, which is removed before the next one starts, so that all find
# the disk alike.
measure() {
  rm -rf "$dir"/floor "$dir"/out "$dir"/out.safetensors "$dir"/out.pt "$dir"/pytorch.safetensors
  sync
  local begin end
  begin=$(date +%s.%N)
  if [ -x /usr/bin/time ]; then
    export -f "$1"
    ! declare -F edit >/dev/null || export -f edit
    export root dir base tuned pair python
    /usr/bin/time -o "$results/$1.kb.new" -f %M bash -c "set -e; $1"
    cat "$results/$1.kb.new" >>"$results/$1.kb"
  else
    "$1"
  fi
  end=$(date +%s.%N)
  echo "$begin $end" | awk '{ printf "%.2f\n", $2 - $1 }' >>"$results/$1.s"
  echo "$1 $(tail -n 1 "$results/$1.s") s" >&2
  ! declare -F "check_$1" >/dev/null || "check_$1"
  rm -rf "$dir"/floor "$dir"/out "$dir"/out.safetensors "$dir"/out.pt "$dir"/pytorch.safetensors
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# report NAMES...: medians, ratios to the first, all runs
report() {
  local first what kb
  first=$(median "$results/$1.s")
  echo "| what | median s | times $1 | peak MB | all runs |"
  echo "|---|---|---|---|---|"
  for what; do
    [ -f "$results/$what.s" ] || continue
    kb=–
    [ ! -f "$results/$what.kb" ] || kb=$(sort -n "$results/$what.kb" | tail -n 1 | awk '{ printf "%.0f", $1 / 1000 }')
    echo "$(median "$results/$what.s") $first" |
      awk -v w="$what" -v kb="$kb" -v all="$(paste -sd' ' "$results/$what.s")" \
        '{ printf "| %s | %.2f | %.2f | %s | %s |\n", w, $1, $1 / $2, kb, all }'
  done
}
