#!/usr/bin/env bash
# Makes the Debian package of a built binary: package.sh BINARY [FOLDER]
#
# The same binary gives the same bytes, on any day and under any umask. VERSION overrides what
# the binary says, SOURCE_DATE_EPOCH the time of the last commit, COMPRESSION xz. Needs dpkg-dev.
#
#   swift build -c release --static-swift-stdlib --product tollwatch
#   systemd/package.sh .build/release/tollwatch
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC
binary=$(realpath "$1")
folder=$(realpath "${2:-.}")
here=$(dirname "$(realpath "$0")")
version=${VERSION:-$("$binary" --version)}
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

# The packages of the libraries that it is linked with.
dependencies() {
  mkdir -p "$work/debian"
  printf 'Source: tollwatch\n\nPackage: tollwatch\nArchitecture: any\n' > "$work/debian/control"
  (cd "$work" && dpkg-shlibdeps -O --ignore-missing-info -e"$1") 2> "$work/log" |
    sed -n 's/^shlibs:Depends=//p'
}

place() { install -D -m "$1" "$2" "$root/$3"; }

generate() {
  mkdir -p "$root/$(dirname "$1")"
  "${@:2}" > "$root/$1"
}

foreign=$(ldd "$binary" | grep -c '/swift/' || true)
if [ "$foreign" != 0 ]; then
  echo "package.sh: linked with libraries of the Swift toolchain, which Debian does not have;" \
    "build with --static-swift-stdlib" >&2
fi
place 755 "$binary" usr/bin/tollwatch
strip --strip-unneeded --remove-section=.comment "$root/usr/bin/tollwatch"
place 644 "$here/tollwatch.service" usr/lib/systemd/system/tollwatch.service
place 644 "$here/tollwatch-heartbeat.service" usr/lib/systemd/system/tollwatch-heartbeat.service
place 644 "$here/tollwatch-heartbeat.timer" usr/lib/systemd/system/tollwatch-heartbeat.timer
for name in egress listen; do
  place 644 "$here/$name.conf" "usr/share/doc/tollwatch/examples/$name.conf"
done
place 644 "$here/tollwatch.yaml" etc/tollwatch/tollwatch.yaml
place 644 "$here/debian/copyright" usr/share/doc/tollwatch/copyright
place 644 "$here/../README.md" usr/share/doc/tollwatch/README.md
generate usr/share/man/man1/tollwatch.1 "$binary" manual
gzip -9n "$root/usr/share/man/man1/tollwatch.1"
# Completions are read by a shell, not run: the line that names an interpreter is for nobody.
bash_completion() { "$binary" --generate-completion-script bash | sed '1{/^#!/d}'; }
generate usr/share/bash-completion/completions/tollwatch bash_completion
changelog() {
  printf 'tollwatch (%s) unstable; urgency=medium\n\n  * See README.md.\n\n' "$version"
  sed -n 's/^Maintainer: / -- /p' "$here/debian/control" | tr -d '\n'
  date --date="@$SOURCE_DATE_EPOCH" '+  %a, %d %b %Y %H:%M:%S +0000'
}
generate usr/share/doc/tollwatch/changelog changelog
gzip -9n "$root/usr/share/doc/tollwatch/changelog"
place 644 "$here/debian/lintian-overrides" usr/share/lintian/overrides/tollwatch
generate usr/share/zsh/vendor-completions/_tollwatch "$binary" --generate-completion-script zsh
generate usr/share/fish/vendor_completions.d/tollwatch.fish \
  "$binary" --generate-completion-script fish

mkdir "$root/DEBIAN"
depends=$(dependencies "$root/usr/bin/tollwatch")
size=$(du -k --apparent-size -s --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  -e "s/@DEPENDS@/$depends/" "$here/debian/control" > "$root/DEBIAN/control"
install -m 644 "$here/debian/conffiles" "$root/DEBIAN/conffiles"
install -m 755 "$here"/debian/{postinst,prerm,postrm} "$root/DEBIAN/"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
find "$root" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
package=$folder/tollwatch_${version}_$architecture.deb
# Threads of xz would leave their number in the bytes.
dpkg-deb --root-owner-group --threads-max=1 -Z"${COMPRESSION:-xz}" --build "$root" "$package" > "$work/log" || {
  cat "$work/log" >&2
  exit 1
}
echo "$package"
