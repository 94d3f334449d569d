#!/usr/bin/env bash
# How fast a replay is, and how much memory it takes.
#
#   Tests/Benchmarks/run.sh [FOLDER] [LINES]
#
# FOLDER keeps the corpus between runs (default: tollwatch-benchmarks in $TMPDIR), LINES is its
# size (default: 2000000). RUNS (default: 3) replays are measured, THREADS is handed on.
# It should stay above 500,000 lines a second and below 300 MiB.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${TMPDIR:-/tmp}/tollwatch-benchmarks}
lines=${2:-2000000}
runs=${RUNS:-3}
corpus=$folder/$lines
log=$corpus/corpus.log.gz

swift build -c release --product tollwatch
swift build -c release --product benchmarks
bin=$(swift build -c release --show-bin-path)

if [[ ! -s $corpus/registry.yaml ]]; then
  mkdir -p "$corpus"
  "$bin/benchmarks" corpus "$corpus" --lines "$lines"
fi
cat > "$corpus/tollwatch.yaml" <<EOF
registry: [$corpus/registry.yaml]
rules:
  - $PWD/Rules/key-traffic-spike.yaml
  - $PWD/Rules/supplier-traffic-spike.yaml
  - $PWD/Rules/over-tier.yaml
shipped_rules: off
sources:
  - {name: edge, paths: [$log], format: combined, identity: [\$remote_user]}
EOF

# sample COMMAND…: writes wall, user and system seconds and the peak of memory in KiB to `sample`.
if [[ -x /usr/bin/time ]]; then
  sample() {
    /usr/bin/time -o "$corpus/sample" -f '%e %U %S %M' "$@" > /dev/null 2> "$corpus/stderr" ||
      { cat "$corpus/stderr" >&2; exit 1; }
  }
else
  # Without GNU time the peak is looked up while the command runs.
  sample() {
    local TIMEFORMAT='%R %U %S'
    { time watch_memory "$@"; } 2> "$corpus/times"
    echo "$(tail -n 1 "$corpus/times") $(cat "$corpus/peak")" > "$corpus/sample"
  }
  watch_memory() {
    local pid peak=0 name value rest
    "$@" > /dev/null 2> "$corpus/stderr" &
    pid=$!
    while kill -0 "$pid" 2> /dev/null; do
      while read -r name value rest; do
        [[ $name == VmHWM: ]] && peak=$value
      done < "/proc/$pid/status" || true
      sleep 0.1
    done 2> /dev/null
    echo "$peak" > "$corpus/peak"
    wait "$pid" || { cat "$corpus/stderr" >&2; exit 1; }
  }
fi

# measure COMMAND…: wall and CPU seconds of the fastest of RUNS runs, and the largest peak.
measure() {
  for ((run = 0; run < runs; run++)); do
    sample "$@"
    cat "$corpus/sample"
  done | awk '
    best == "" || $1 < best { best = $1; cpu = $2 + $3 }
    $4 > peak { peak = $4 }
    END { print best, cpu, peak }'
}

replay=("$bin/tollwatch" replay --config "$corpus/tollwatch.yaml" --output json)
replay+=(--fingerprint-key "$corpus/fingerprint_key")
[[ -n ${THREADS:-} ]] && replay+=(--threads "$THREADS")
read -r wall cpu peak < <(measure "${replay[@]}")
read -r gzip_wall _ < <(measure gzip -dc "$log")
awk -v lines="$lines" -v wall="$wall" -v cpu="$cpu" -v peak="$peak" -v gzip="$gzip_wall" 'BEGIN {
  printf "lines             %d\n", lines
  printf "lines a second    %d\n", lines / wall
  printf "wall, CPU         %.2f s, %.2f s (%.0f ns of CPU a line)\n", wall, cpu, cpu / lines * 1e9
  printf "peak memory       %.0f MiB\n", peak / 1024
  printf "to gzip -dc       %.2f (%.2f s)\n", wall / gzip, gzip
}'
if command -v igzip > /dev/null; then
  read -r igzip_wall _ < <(measure bash -c 'igzip -dc "$0" | wc -l' "$log")
  awk -v wall="$wall" -v igzip="$igzip_wall" 'BEGIN {
    printf "to igzip -dc | wc %.2f (%.2f s)\n", wall / igzip, igzip
  }'
fi
