#!/usr/bin/env bash
# How fast a replay with all shipped rules is, and how much memory it takes, beside what unzipping
# the same file takes in the same run.
#
#   Tests/Benchmarks/run.sh [FOLDER] [LINES]
#
# FOLDER keeps the corpus between runs (default: tollwatch-benchmarks in $TMPDIR), LINES is its
# size (default: 4000000), DAYS the time that it spans (default: 7), RUNS (default: 3) how often
# each command is measured; THREADS is handed on. The aim: the wall time of
# `igzip -dc FILE | wc -l`, at most half that of `gzip -dc`, and no more CPU than that.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${TMPDIR:-/tmp}/tollwatch-benchmarks}
lines=${2:-4000000}
days=${DAYS:-7}
runs=${RUNS:-3}
corpus=$folder/$lines-$days
log=$corpus/corpus.log.gz

swift build -c release --product tollwatch
swift build -c release --product benchmarks
bin=$(swift build -c release --show-bin-path)

if [[ ! -s $corpus/registry.yaml ]]; then
  mkdir -p "$corpus"
  "$bin/benchmarks" corpus "$corpus" --lines "$lines" --days "$days"
fi
cat > "$corpus/tollwatch.yaml" <<EOF
registry: [$corpus/registry.yaml]
sources:
  - name: edge
    paths: [$log]
    format: nginx
    log_format: >-
      \$remote_addr - \$remote_user [\$time_local] "\$request" \$status \$body_bytes_sent
      "\$http_referer" "\$http_user_agent" \$request_length \$request_time
    identity: [\$remote_user]
EOF
# The key that stands for secrets is made there, not among the user's own files.
export XDG_STATE_HOME=$corpus

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

# measure COMMAND…: wall and CPU seconds of the run that is the median of RUNS by its wall time,
# and the largest peak.
measure() {
  for ((run = 0; run < runs; run++)); do
    sample "$@"
    cat "$corpus/sample"
  done | sort -n | awk '
    { wall[NR] = $1; cpu[NR] = $2 + $3; if ($4 > peak) peak = $4 }
    END { middle = int((NR + 1) / 2); print wall[middle], cpu[middle], peak }'
}

# row NAME WALL CPU: a line of the table, with the ratios to gzip.
row() {
  awk -v name="$1" -v wall="$2" -v cpu="$3" -v lines="$lines" -v gwall="$gzip_wall" \
    -v gcpu="$gzip_cpu" 'BEGIN {
    printf "%-32s %6.2f %7.0f %7.2f %7.0f %8.2f %8.2f\n", name, wall, wall / lines * 1e9, cpu,
      cpu / lines * 1e9, wall / gwall, cpu / gcpu
  }'
}

replay=("$bin/tollwatch" replay --config "$corpus/tollwatch.yaml" "$log" --output json)
[[ -n ${THREADS:-} ]] && replay+=(--threads "$THREADS")
read -r gzip_wall gzip_cpu _ < <(measure gzip -dc "$log")
read -r wall cpu peak < <(measure "${replay[@]}")
echo "$lines lines of $days days, $(stat -c %s "$log") bytes of gzip; median of $runs"
printf '%-32s %6s %7s %7s %7s %8s %8s\n' "" "wall s" "ns/line" "CPU s" "ns/line" "to gzip" "CPU"
row "tollwatch replay, shipped rules" "$wall" "$cpu"
row "gzip -dc" "$gzip_wall" "$gzip_cpu"
if command -v igzip > /dev/null; then
  read -r wall cpu _ < <(measure bash -c 'igzip -dc "$0" | wc -l' "$log")
  row "igzip -dc | wc -l" "$wall" "$cpu"
fi
awk -v peak="$peak" 'BEGIN { printf "peak memory of the replay: %.0f MiB\n", peak / 1024 }'
