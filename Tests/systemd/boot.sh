#!/usr/bin/env bash
# Boots systemd as process 1 on a throw-away copy of this machine's root, and runs a command in it:
#   boot.sh PREPARE COMMAND…
# PREPARE is a script that may change the new root ($1) before the boot. Needs root, util-linux,
# iproute2 and systemd; nothing of what happens inside is left behind. The network inside is a
# loopback device.
set -euo pipefail
prepare=$1
shift
work=$(mktemp -d)

# The new root: this one's files below a layer in memory, devices and file systems of its own.
boot() {
  set -e
  local work=$1 root=$1/root node
  mount --make-rprivate /
  mount -t tmpfs tmpfs "$work" -o size=2g
  mkdir -p "$work/upper" "$work/work" "$root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root"
  mount -t proc proc "$root/proc"
  # Kernel settings are the machine's: nobody in here may change them.
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,ro,bind "$root/proc/sys"
  mount -t sysfs sysfs "$root/sys"
  mount -t tmpfs tmpfs "$root/run" -o mode=755
  mount -t tmpfs tmpfs "$root/tmp" -o mode=1777
  mount -t tmpfs tmpfs "$root/dev" -o mode=755
  for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
  done
  mkdir -p "$root/dev/pts" "$root/dev/shm"
  mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666,mode=620
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount -t tmpfs tmpfs "$root/sys/fs/cgroup" -o mode=755
  mkdir -p "$root/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
  rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/*.requires
  for node in systemd-sysctl systemd-modules-load systemd-remount-fs systemd-random-seed; do
    ln -sf /dev/null "$root/etc/systemd/system/$node.service"
  done
  bash "$2" "$root"
  ip link set lo up
  cd "$root"
  mkdir -p .old
  # Not chroot: who lives in one may make no user namespaces, which the unit asks for.
  pivot_root . .old
  exec env -i container=proof PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c 'umount -l /.old
    exec /lib/systemd/systemd --unit=basic.target --log-target=journal --show-status=no'
}
export -f boot

unshare --pid --mount --uts --ipc --net --cgroup --fork --kill-child \
  bash -c 'boot "$@"' _ "$work" "$prepare" < /dev/null &
outer=$!
leave() {
  kill -9 "$(pgrep -P "$outer")" 2> /dev/null || true
  wait "$outer" 2> /dev/null || true
  rmdir "$work"
}
trap leave EXIT

inside() { nsenter --target "$(pgrep -P "$outer")" -m -p -u -i -n -C -r -w "$@"; }

for _ in $(seq 240); do
  if inside /bin/systemctl is-active --quiet basic.target 2> /dev/null; then
    inside "$@"
    exit
  fi
  sleep 0.25
done
echo "systemd did not come up" >&2
exit 1
