#!/usr/bin/env bash
# How much of what is planted in simulated traffic is found, and how often the alarm is false.
#
#   Tests/quality/run.sh [FOLDER] [SEEDS] [DAYS…]
#
# FOLDER is for the traffic (default: tollwatch-quality in $TMPDIR), which is simulated anew unless
# KEEP=1 says that what an earlier run left there is still what this binary writes. SEEDS is how
# many (default: 5), DAYS how long each (default: 15, and 30 for drops, which are judged once an
# hour of the week was seen twice). TOLLWATCH names a binary to take instead of building one. Needs
# python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${TMPDIR:-/tmp}/tollwatch-quality}
seeds=${2:-5}
lengths=("${@:3}")
if [[ -z ${TOLLWATCH:-} ]]; then
  swift build -c release --product tollwatch
  TOLLWATCH=$(swift build -c release --show-bin-path)/tollwatch
fi

[[ ${#lengths[@]} -gt 0 ]] || lengths=(15 30)
for days in "${lengths[@]}"; do
  rows=()
  for ((seed = 1; seed <= seeds; seed++)); do
    out=$folder/$days-$seed
    if [[ ${KEEP:-} != 1 || ! -s $out/labels.json ]]; then
      [[ ! -s $out/labels.json ]] || rm -rf -- "$out"
      "$TOLLWATCH" simulate --seed "$seed" --days "$days" --out "$out"
    fi
    (cd "$out" && "$TOLLWATCH" replay --config tollwatch.yaml --output json > alerts.jsonl 2> summary.txt)
    keys=$(grep -c 'key: ' "$out/registry.yaml")
    python3 Tests/quality/score.py "$out/labels.json" "$out/alerts.jsonl" "$keys" "$days" > "$out/score.json"
    rows+=("$out/score.json")
  done
  echo "$days days"
  python3 Tests/quality/score.py --table "${rows[@]}"
done
