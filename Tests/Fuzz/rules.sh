#!/usr/bin/env bash
# libFuzzer on the loader of rule files: no input may trap, hang or grow memory.
#
#   Tests/Fuzz/rules.sh [RUNS]
#
# RUNS is the number of inputs (default: 10000000). FOLDER keeps the build, the corpus and what
# was found (default: tollwatch-fuzz in $TMPDIR). ADDRESS=1 adds the address sanitizer, SEED
# repeats a run. The seeds are the examples of all kinds, the files under Rules/ and
# Documentation/cookbook, and those of Tests/RuleFilesTests/Bad.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-10000000}
folder=${FOLDER:-${TMPDIR:-/tmp}/tollwatch-fuzz}
sanitize=fuzzer${ADDRESS:+,address}
build=$folder/rules-$sanitize
yams=.build/checkouts/Yams/Sources
[[ -d $yams ]] || swift package resolve

# Each module is compiled by itself; coverage is wanted in ours alone, and everything is built
# again when a source is newer.
modules=(AccessLog Baselines Detection ReadPermission RuleFiles)
mkdir -p "$build"
if [[ ! -x $build/fuzz || -n $(find "${modules[@]/#/Sources/}" Tests/Fuzz -name '*.swift' -newer "$build/fuzz") ]]; then
  for source in "$yams"/CYaml/src/*.c; do
    clang -O2 -DYAML_DECLARE_STATIC -I "$yams/CYaml/include" -c "$source" \
      -o "$build/$(basename "$source").o"
  done
  swiftc -O -wmo -parse-as-library -module-name Yams -D SWIFT_PACKAGE -I "$yams/CYaml/include" -Xcc -DYAML_DECLARE_STATIC \
    -emit-module -emit-module-path "$build/Yams.swiftmodule" -c "$yams"/Yams/*.swift -o "$build/Yams.o"
  common=(-O -wmo -swift-version 6 -parse-as-library -package-name tollwatch
    -sanitize="$sanitize" -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny
    -I "$build" -I "$yams/CYaml/include")
  for module in "${modules[@]}"; do
    mapfile -t sources < <(find "Sources/$module" -name '*.swift' | sort)
    swiftc "${common[@]}" -module-name "$module" -emit-module \
      -emit-module-path "$build/$module.swiftmodule" -c "${sources[@]}" -o "$build/$module.o"
  done
  swiftc "${common[@]}" -module-name Fuzz Tests/Fuzz/{FuzzTarget,RuleFuzzer}.swift "$build"/*.o -o "$build/fuzz"
fi

# Swift's own report of a trap would come before libFuzzer writes the input down.
export SWIFT_BACKTRACE=enable=no
work=$folder/rules
mkdir -p "$work/seeds" "$work/corpus" "$work/found"
SEEDS=$work/seeds DICTIONARY=$work/words "$build/fuzz"
for file in Rules/*.yaml Documentation/cookbook/*.yaml Tests/RuleFilesTests/Bad/*.yaml; do
  [[ -e $file ]] && { printf '\0'; cat "$file"; } > "$work/seeds/$(basename "$file")"
done
"$build/fuzz" "$work/corpus" "$work/seeds" -runs="$runs" -max_len=2048 \
  -rss_limit_mb=1024 -timeout=10 -dict="$work/words" -artifact_prefix="$work/found/" \
  -seed="${SEED:-0}" -print_final_stats=1
