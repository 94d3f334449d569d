#!/usr/bin/env bash
# Proves the package and the unit in a real systemd: run.sh BINARY
#
# The package is made twice and must be the same; then systemd is booted on a throw-away copy of
# this machine's root, and prove.sh installs, starts, kills, hangs, reloads, stops, upgrades and
# purges the service there. Needs root.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
binary=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch"/{first,again}
export COMPRESSION=gzip # quicker

first=$("$here/../../systemd/package.sh" "$binary" "$scratch/first" 2> /dev/null)
again=$(umask 077 && "$here/../../systemd/package.sh" "$binary" "$scratch/again")
cmp "$first" "$again"
echo "ok: the package is the same when it is made again"
version=$("$binary" --version)
VERSION=$version+next "$here/../../systemd/package.sh" "$binary" "$scratch/first" 2> /dev/null

"$binary" simulate --seed 1 --days 3 --lines-a-day 20000 --strong-only --out "$scratch/drill" \
  > /dev/null 2>&1
cat > "$scratch/prepare" <<PREPARE
mkdir -p "\$1/srv/proof"
cp -r "$scratch/first/." "$scratch/drill" "$here/prove.sh" "\$1/srv/proof/"
PREPARE
"$here/boot.sh" "$scratch/prepare" /bin/bash /srv/proof/prove.sh "$version"
