#!/usr/bin/env bash
# How fast a replay with all shipped rules is, and how much memory it takes, beside what unzipping
# the same file takes in the same run.
#
#   Tests/Benchmarks/run.sh [ratios|json|keys]
#
# ratios (what is measured without a word): lines of nginx, beside `gzip -dc` and
# `igzip -dc | wc -l`. json: the same traffic as JSON lines, beside DuckDB's count of requests by
# key and minute, which Python's package installer fetches where it can. keys: lines a second and
# memory from ten keys to a million.
#
# FOLDER keeps the corpora between runs (default: tollwatch-benchmarks in $TMPDIR), LINES is their
# size (default: 4000000; 2000000 for keys), DAYS the time that they span (default: 7), RUNS how
# often each command is measured (default: 3); THREADS is handed on. The aim: the wall time of
# `igzip -dc FILE | wc -l`, at most half that of `gzip -dc`, and no more CPU than that.
set -euo pipefail
cd "$(dirname "$0")/../.."
what=${1:-ratios}
folder=${FOLDER:-${TMPDIR:-/tmp}/tollwatch-benchmarks}
days=${DAYS:-7}
runs=${RUNS:-3}
mkdir -p "$folder"

swift build -c release --product tollwatch
swift build -c release --product benchmarks
bin=$(swift build -c release --show-bin-path)
# The key that stands for secrets is made there, not among the user's own files.
export XDG_STATE_HOME=$folder

# prepare LINES KEYS [json]: makes the corpus, if it is not there, and names it in `corpus`.
prepare() {
  local lines=$1 keys=$2 form=${3:-text} template
  corpus=$folder/$form-$lines-$keys-$days
  log=$corpus/corpus.log.gz
  if [[ ! -s $corpus/keys.csv ]]; then
    mkdir -p "$corpus"
    "$bin/benchmarks" corpus "$corpus" --lines "$lines" --keys "$keys" --days "$days" \
      --json $([[ $form == json ]] && echo 1 || echo 2)
  fi
  template='$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
  template+='"$http_referer" "$http_user_agent" $request_length $request_time'
  if [[ $form == json ]]; then
    template='log_format main escape=json '"'"'{"remote_addr":"$remote_addr",'
    template+='"remote_user":"$remote_user","time_local":"$time_local","request":"$request",'
    template+='"status":$status,"body_bytes_sent":$body_bytes_sent,'
    template+='"http_referer":"$http_referer","http_user_agent":"$http_user_agent",'
    template+='"request_length":$request_length,"request_time":$request_time}'"';"
  fi
  cat > "$corpus/tollwatch.yaml" <<YAML
registry: [$corpus/registry.yaml, $corpus/keys.csv]
sources:
  - name: edge
    paths: [$log]
    format: nginx
    log_format: |-
      $template
    identity: [\$remote_user]
YAML
}

# sample COMMAND…: writes wall, user and system seconds and the peak of memory in KiB to `sample`.
if [[ -x /usr/bin/time ]]; then
  sample() {
    /usr/bin/time -o "$folder/sample" -f '%e %U %S %M' "$@" > /dev/null 2> "$folder/stderr" ||
      { cat "$folder/stderr" >&2; exit 1; }
  }
else
  # Without GNU time the peak is looked up while the command runs.
  sample() {
    local TIMEFORMAT='%R %U %S'
    { time watch_memory "$@"; } 2> "$folder/times"
    echo "$(tail -n 1 "$folder/times") $(cat "$folder/peak")" > "$folder/sample"
  }
  watch_memory() {
    local pid peak=0 name value rest
    "$@" > /dev/null 2> "$folder/stderr" &
    pid=$!
    while kill -0 "$pid" 2> /dev/null; do
      while read -r name value rest; do
        [[ $name == VmHWM: ]] && peak=$value
      done < "/proc/$pid/status" || true
      sleep 0.1
    done 2> /dev/null
    echo "$peak" > "$folder/peak"
    wait "$pid" || { cat "$folder/stderr" >&2; exit 1; }
  }
fi

# measure COMMAND…: wall and CPU seconds of the run that is the median of RUNS by its wall time,
# and the largest peak.
measure() {
  for ((run = 0; run < runs; run++)); do
    sample "$@"
    cat "$folder/sample"
  done | sort -n | awk '
    { wall[NR] = $1; cpu[NR] = $2 + $3; if ($4 > peak) peak = $4 }
    END { middle = int((NR + 1) / 2); print wall[middle], cpu[middle], peak }'
}

# row NAME WALL CPU: a line of the table, with the ratios to `base_wall` and `base_cpu`.
row() {
  awk -v name="$1" -v wall="$2" -v cpu="$3" -v lines="$lines" -v bwall="$base_wall" \
    -v bcpu="$base_cpu" 'BEGIN {
    printf "%-32s %6.2f %7.0f %7.2f %7.0f %8.2f %8.2f\n", name, wall, wall / lines * 1e9, cpu,
      cpu / lines * 1e9, wall / bwall, cpu / bcpu
  }'
}

header() {
  echo "$lines lines of $days days, $(stat -c %s "$log") bytes of gzip; median of $runs"
  printf '%-32s %6s %7s %7s %7s %8s %8s\n' "" "wall s" "ns/line" "CPU s" "ns/line" "$1" "CPU"
}

replay() {
  local command=("$bin/tollwatch" replay --config "$corpus/tollwatch.yaml" "$log" --output json)
  [[ -n ${THREADS:-} ]] && command+=(--threads "$THREADS")
  measure "${command[@]}"
}

ratios() {
  prepare "$lines" 5000
  read -r base_wall base_cpu _ < <(measure gzip -dc "$log")
  read -r wall cpu peak < <(replay)
  header "to gzip"
  row "tollwatch replay, shipped rules" "$wall" "$cpu"
  row "gzip -dc" "$base_wall" "$base_cpu"
  if command -v igzip > /dev/null; then
    read -r wall cpu _ < <(measure bash -c 'igzip -dc "$0" | wc -l' "$log")
    row "igzip -dc | wc -l" "$wall" "$cpu"
  fi
  awk -v peak="$peak" 'BEGIN { printf "peak memory of the replay: %.0f MiB\n", peak / 1024 }'
}

json() {
  prepare "$lines" 5000 json
  if ! python3 -c 'import duckdb' 2> /dev/null; then
    python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" -q install duckdb || true
    [[ -x $folder/venv/bin/python3 ]] && PATH=$folder/venv/bin:$PATH
  fi
  read -r wall cpu _ < <(replay)
  if python3 -c 'import duckdb' 2> /dev/null; then
    read -r base_wall base_cpu _ < <(measure python3 -c '
import duckdb, sys
duckdb.sql(f"""select remote_user, substr(time_local, 1, 17) as minute, count(*)
  from read_json("{sys.argv[1]}", format="newline_delimited", columns={{
    remote_user: "VARCHAR", time_local: "VARCHAR"}}) group by all""").fetchall()' "$log")
    header "to DuckDB"
    row "tollwatch replay, shipped rules" "$wall" "$cpu"
    row "DuckDB, count by key and minute" "$base_wall" "$base_cpu"
  else
    read -r base_wall base_cpu < <(echo "$wall $cpu")
    header "(no DuckDB)"
    row "tollwatch replay, shipped rules" "$wall" "$cpu"
  fi
}

# keys: how speed and memory grow with the number of keys.
keys() {
  printf '%10s %14s %10s %12s\n' keys "lines/second" "CPU s" "memory, MiB"
  for count in 10 1000 100000 1000000; do
    prepare "$lines" "$count"
    read -r wall cpu peak < <(replay)
    awk -v keys="$count" -v lines="$lines" -v wall="$wall" -v cpu="$cpu" -v peak="$peak" 'BEGIN {
      printf "%10d %14.0f %10.2f %12.0f\n", keys, lines / wall, cpu, peak / 1024
    }'
  done
}

case $what in
  ratios | json) lines=${LINES:-4000000} ;;
  keys) lines=${LINES:-2000000} ;;
  *) sed -n 's/^#   //p' "$0" >&2; exit 64 ;;
esac
"$what"
