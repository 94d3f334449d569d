#!/usr/bin/env bash
# How well 'tollwatch baseline score' does on labelled public series, with one configuration.
#
#   Tests/quality/baselines.sh nab SCORER NAB_DIR [FOLDER]
#   Tests/quality/baselines.sh kpi SCORER DATASET_DIR odd|even|all [FOLDER]
#
# nab: NAB_DIR is a copy of the Numenta Anomaly Benchmark 1.1, with data and labels; SCORER a
# script that takes NAB_DIR, a folder of results and the name NAME of a detector, whose results
# are FOLDER/<category>/NAME_<file>.csv.
# kpi: DATASET_DIR holds a folder a curve; SCORER takes 'export DATASET_DIR OUT PART', which
# writes a CSV a curve, and 'score SCORED', which reads them with anomaly_score added.
# FOLDER keeps what is written (default: tollwatch-baselines in $TMPDIR). TOLLWATCH names a binary
# to take instead of building one, PYTHON what runs the scorers, which need numpy and pandas.
# WITHOUT leaves parts of the judgement out, to see what each is worth:
#
#   for part in forecast shape root tails clipping records memory gaps daily returns; do
#     WITHOUT=$part Tests/quality/baselines.sh nab SCORER NAB_DIR
#   done
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
usage() { sed -n '2,8p' "$0" >&2; exit 64; }
[[ $# -ge 3 ]] || usage
kind=$1 scorer=$2 data=$3
python=${PYTHON:-python3}
if [[ -z ${TOLLWATCH:-} ]]; then
  swift build --package-path "$here" -c release --product tollwatch
  TOLLWATCH=$(swift build --package-path "$here" -c release --show-bin-path)/tollwatch
fi
options=()
for part in ${WITHOUT:-}; do options+=(--without "$part"); done

# score IN OUT: as many at once as there are processors.
score_all() {
  while IFS=$'\t' read -r from to; do
    mkdir -p "$(dirname "$to")"
    printf '%s\0%s\0' "$from" "$to"
  done | xargs -0 -n 2 -P "$(nproc)" bash -c '
    binary=$0; in=${*: -2:1}; out=${*: -1}
    "$binary" baseline score '"${options[*]}"' < "$in" > "$out"' "$TOLLWATCH"
}

case $kind in
nab)
  folder=${4:-${TMPDIR:-/tmp}/tollwatch-baselines}/nab
  rm -rf "$folder"
  (cd "$data/data" && find . -name '*.csv' | sort) | while read -r file; do
    printf '%s\t%s\n' "$data/data/$file" \
      "$folder/$(dirname "$file")/tollwatch_$(basename "$file")"
  done | score_all
  "$python" "$scorer" "$data" "$folder" tollwatch
  ;;
kpi)
  [[ $# -ge 4 ]] || usage
  folder=${5:-${TMPDIR:-/tmp}/tollwatch-baselines}/$(basename "$data")-$4
  [[ -d $folder/curves ]] || "$python" "$scorer" export "$data" "$folder/curves" "$4"
  rm -rf "$folder/scored"
  find "$folder/curves" -name '*.csv' | sort | while read -r file; do
    printf '%s\t%s\n' "$file" "$folder/scored/$(basename "$file")"
  done | score_all
  "$python" "$scorer" score "$folder/scored"
  ;;
*) usage ;;
esac
