#!/usr/bin/env bash
# How much of what is planted in simulated traffic is found, and how often the alarm is false.
#
#   Tests/quality/run.sh [FOLDER] [SEEDS] [DAYS]
#
# FOLDER keeps the traffic (default: tollwatch-quality in $TMPDIR), SEEDS is how many (default:
# 5), DAYS how long each (default: 15). Drops are judged once an hour of the week was seen twice,
# so they are found from the third week on: 30 days show them. Needs python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${TMPDIR:-/tmp}/tollwatch-quality}
seeds=${2:-5}
days=${3:-15}
swift build -c release --product tollwatch
bin=$(swift build -c release --show-bin-path)/tollwatch

rows=()
for ((seed = 1; seed <= seeds; seed++)); do
  out=$folder/$days-$seed
  [[ -s $out/labels.json ]] || "$bin" simulate --seed "$seed" --days "$days" --out "$out"
  (cd "$out" && "$bin" replay --config tollwatch.yaml --output json > alerts.jsonl 2> summary.txt)
  keys=$(grep -c 'key: ' "$out/registry.yaml")
  python3 Tests/quality/score.py "$out/labels.json" "$out/alerts.jsonl" "$keys" "$days" > "$out/score.json"
  rows+=("$out/score.json")
done
python3 Tests/quality/score.py --table "${rows[@]}"
