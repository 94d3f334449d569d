#!/usr/bin/env bash
# libFuzzer on one log format: no input may trap, hang or grow memory.
#
#   Tests/Fuzz/run.sh FORMAT [RUNS]
#
# FORMAT is a name of `RecordFormats.all` (or `all`, one after the other), RUNS the number of
# inputs (default: 10000000). FOLDER keeps the build, the corpora and what was found (default:
# tollwatch-fuzz in $TMPDIR). ADDRESS=1 adds the address sanitizer, SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
format=${1:?"usage: Tests/Fuzz/run.sh FORMAT [RUNS]"}
runs=${2:-10000000}
folder=${FOLDER:-${TMPDIR:-/tmp}/tollwatch-fuzz}
sanitize=fuzzer${ADDRESS:+,address}
build=$folder/build-$sanitize

# The library and the target are compiled by themselves: coverage is only wanted in them, and
# everything is built again when a source is newer.
mkdir -p "$build"
if [[ ! -x $build/fuzz || -n $(find Sources/AccessLog Tests/Fuzz -name '*.swift' -newer "$build/fuzz") ]]; then
  mapfile -t sources < <(find Sources/AccessLog -name '*.swift' | sort)
  common=(-O -wmo -swift-version 6 -parse-as-library -package-name tollwatch
    -sanitize="$sanitize" -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny)
  swiftc "${common[@]}" -module-name AccessLog -emit-module \
    -emit-module-path "$build/AccessLog.swiftmodule" -c "${sources[@]}" -o "$build/AccessLog.o"
  swiftc "${common[@]}" -module-name Fuzz -I "$build" Tests/Fuzz/{FuzzTarget,FormatFuzzer}.swift \
    "$build/AccessLog.o" -o "$build/fuzz"
fi

if [[ $format == all ]]; then
  grep -ho 'static let name = "[a-z0-9-]*"' Sources/AccessLog/Formats/*.swift |
    cut -d'"' -f2 | while read -r name; do "$0" "$name" "$runs"; done
  exit
fi

# Swift's own report of a trap would come before libFuzzer writes the input down.
export SWIFT_BACKTRACE=enable=no
work=$folder/$format
mkdir -p "$work/seeds" "$work/corpus" "$work/found"
FORMAT=$format SEEDS=$work/seeds DICTIONARY=$work/words "$build/fuzz"
FORMAT=$format "$build/fuzz" "$work/corpus" "$work/seeds" -runs="$runs" -max_len=2048 \
  -rss_limit_mb=1024 -timeout=10 -dict="$work/words" -artifact_prefix="$work/found/" \
  -seed="${SEED:-0}" -print_final_stats=1
