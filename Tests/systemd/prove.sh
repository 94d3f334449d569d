#!/bin/bash
# What must hold of the installed service; runs inside the booted systemd: prove.sh VERSION
set -uo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
cd /srv/proof
version=$1
unit=tollwatch.service
configuration=/etc/tollwatch/tollwatch.yaml
log=/var/log/gateway/access.log
written=0

fail() {
  echo "FAILED: $1" >&2
  systemctl status --no-pager --full "$unit" >&2
  journalctl --no-pager -u "$unit" -n 40 >&2
  exit 1
}

# check WORDS COMMAND…: the command must succeed.
check() {
  "${@:2}" > /tmp/check.log 2>&1 || {
    cat /tmp/check.log >&2
    fail "$1"
  }
  echo "ok: $1"
}

# within SECONDS WORDS COMMAND…: it must succeed before long.
within() {
  local end=$((SECONDS + $1))
  until "${@:3}" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$2"
    sleep 0.3
  done
  echo "ok: $2"
}

property() { systemctl show --property="$1" --value "$unit"; }
is() { [ "$(property "$1")" = "$2" ]; }
count() { tollwatch status --config "$configuration" --output json | grep -o '"lines":[0-9]*' | cut -d: -f2; }
has_counted_all() { [ "$(count)" = "$written" ]; }
told() { journalctl --no-pager -u "$unit" | grep -q "$1"; }
silently() { [ -z "$("$@" 2>&1)" ]; }
never() { ! "$@"; }

# Appends so many lines of the simulated traffic.
write() {
  zcat drill/*.gz | tail -n +$((written + 1)) | head -n "$1" >> "$log"
  written=$((written + $1))
}

ids() {
  tollwatch alerts export --db /var/lib/tollwatch/tollwatch.sqlite --output json |
    grep -o '"id":"[^"]*"'
}

# MARK: installing

dpkg_options=(--force-depends --force-confdef --force-confold)
check "the package installs" dpkg "${dpkg_options[@]}" -i tollwatch_"$version"_*.deb
check "a new installation is not started" never systemctl is-active --quiet "$unit"
check "systemd has nothing to say of the unit" silently systemd-analyze verify --man=no "$unit"
check "the unit's exposure is at most 1.5" systemd-analyze security --threshold=15 --no-pager "$unit"
check "nor of the heartbeat" silently \
  systemd-analyze verify --man=no tollwatch-heartbeat.service tollwatch-heartbeat.timer
for name in egress listen; do
  mkdir -p "/tmp/$name/tollwatch.service.d"
  cp "/usr/lib/systemd/system/$unit" "/tmp/$name/"
  cp "/usr/share/doc/tollwatch/examples/$name.conf" "/tmp/$name/tollwatch.service.d/"
  check "nor with the drop-in $name" silently systemd-analyze verify --man=no "/tmp/$name/$unit"
done
check "the manual page is there" gzip -t /usr/share/man/man1/tollwatch.1.gz
check "the completions are a program of the shell" \
  bash -n /usr/share/bash-completion/completions/tollwatch
check "the sample configuration is right" tollwatch check --config "$configuration"
check "it starts where there is no log yet" systemctl start "$unit"
check "and stops" systemctl stop "$unit"
rm -rf /var/lib/tollwatch/* # under the sample's name nothing was learnt

# MARK: starting

mkdir -p /var/log/gateway
touch "$log"
chown root:adm "$log"
chmod 640 "$log"
cp drill/registry.yaml drill/rules.yaml /etc/tollwatch/
sed -e "s|paths:.*|paths: [\"$log*\"]|" -e 's|^store:.*||' drill/tollwatch.yaml > "$configuration"
printf 'store: /var/lib/tollwatch/tollwatch.sqlite\nbackfill: 3650d\ncheckpoint: 1s\n' \
  >> "$configuration"
mkdir -p "/etc/systemd/system/$unit.d"
printf '[Unit]\nStartLimitBurst=50\n[Service]\nWatchdogSec=4s\nRestartSec=100ms\n' \
  > "/etc/systemd/system/$unit.d/proof.conf"
systemctl daemon-reload
write 40000
check "it starts" systemctl start "$unit"
within 60 "it reads a log that group adm may read" has_counted_all
main=$(property MainPID)
check "it is no root and has no capability" grep -q 'CapEff:.0000000000000000' "/proc/$main/status"
check "it cannot get more" grep -q 'NoNewPrivs:.1' "/proc/$main/status"
check "its system calls are filtered" grep -q 'Seccomp:.2' "/proc/$main/status"
check "its user is one of its own" [ "$(stat -c %u "/proc/$main")" != 0 ]
check "its state is for nobody else" [ "$(stat -L -c %a /var/lib/tollwatch)" = 750 ]

# MARK: dying, hanging

systemctl kill --kill-whom=main --signal=KILL "$unit"
write 4000
within 60 "after kill -9 it is back" is NRestarts 1
within 60 "and counts each line once" has_counted_all
sleep 8
check "with nothing to do it feeds the watchdog" is NRestarts 1
kill -STOP "$(property MainPID)"
write 3000
within 60 "a hang is ended by the watchdog" is NRestarts 2
within 60 "and no line is lost or doubled" has_counted_all

# MARK: permission

chmod 600 "$log"
systemctl restart "$unit"
within 30 "a log that may not be read is told" told "not read: .*access.log"
write 1000
chmod 640 "$log"
within 60 "and read once it may be" has_counted_all

# MARK: reloading

sed -i 's/^backfill:.*/backfill: 3649d/' "$configuration"
check "it reloads" systemctl reload "$unit"
within 30 "and says so" told "read again"
cp "$configuration" right.yaml
echo "nonsense: 1" >> "$configuration"
check "a wrong configuration is no reload" never systemctl reload "$unit"
within 30 "its place is told" told "tollwatch.yaml:[0-9]*:[0-9]*: "
check "the old one is at work" systemctl is-active --quiet "$unit"
write 1000
within 60 "and reads on, and its status can be asked for" has_counted_all
cp right.yaml "$configuration"

# MARK: heartbeat

printf 'heartbeat: /run/tollwatch/alive\n' >> "$configuration"
check "a heartbeat is asked for" systemctl reload "$unit"
cp "$configuration" right.yaml
within 30 "and touched" test -e /run/tollwatch/alive
python3 -m http.server --bind 127.0.0.1 8099 > /dev/null 2> /tmp/asked &
within 10 "a monitor listens" curl --silent --output /dev/null http://127.0.0.1:8099/
echo URL=http://127.0.0.1:8099/ping > /etc/default/tollwatch-heartbeat
touch ping
check "the monitor can be told" systemctl start tollwatch-heartbeat.service
check "and was" grep -q 'GET /ping' /tmp/asked

# MARK: a copy, a gateway that sends

check "the state is copied while it runs" tollwatch state backup --config "$configuration" --to copy
check "for nobody else" [ "$(stat -c %a copy/tollwatch.sqlite)$(stat -c %a copy)" = 600700 ]
write 1000
within 60 "the service goes on" has_counted_all
check "it stops" systemctl stop "$unit"
check "the copy is brought back" \
  tollwatch state restore --config "$configuration" --from copy --replace
check "and it starts" systemctl start "$unit"
within 60 "and reads again what was written since" has_counted_all

sed '/paths:/s|.*|    listen: ["unix:/run/tollwatch/edge.sock", "udp:127.0.0.1:5514"]|' right.yaml \
  > "$configuration"
install -D -m 644 /usr/share/doc/tollwatch/examples/listen.conf \
  "/etc/systemd/system/$unit.d/listen.conf"
systemctl daemon-reload
check "it starts with a source that listens" systemctl restart "$unit"
received() { [ "$(tollwatch status --config "$configuration" | grep -o '"messages":[0-9]*')" = "\"messages\":$1" ]; }
check "a gateway sends to its socket" \
  sh -c "head -n 50 $log | logger --socket /run/tollwatch/edge.sock --tag nginx"
check "and to its port" \
  sh -c "head -n 50 $log | logger --server 127.0.0.1 --port 5514 --udp --rfc5424 --tag nginx"
within 30 "all of it came" received 100
cp right.yaml "$configuration"
rm "/etc/systemd/system/$unit.d/listen.conf"
systemctl daemon-reload
check "it reads files again" systemctl restart "$unit"
within 60 "where it was" has_counted_all

# MARK: rotating, stopping

mv "$log" "$log.1"
touch "$log"
chown root:adm "$log"
chmod 640 "$log"
write 1000
within 60 "a rotation loses nothing" has_counted_all
check "it stops" systemctl stop "$unit"
check "in good order" is Result success
check "and says so in its status" eval \
  "tollwatch status --config $configuration --output json | grep -q '\"state\":\"stopped\"'"
check "alerts were found" [ "$(ids | wc -l)" -gt 0 ]

# MARK: upgrading, purging

systemctl start "$unit"
before=$(property MainPID)
ids | sort > before.txt
check "it is upgraded while it runs" dpkg "${dpkg_options[@]}" -i tollwatch_"$version"+next_*.deb
within 60 "and runs again, as another process" never is MainPID "$before"
within 60 "ready" systemctl is-active --quiet "$unit"
check "the owner's configuration is kept" cmp right.yaml "$configuration"
write 1000
within 60 "what was read is not read again" has_counted_all
check "and every alert is there" [ -z "$(ids | sort | comm -23 before.txt -)" ]
check "it is removed" dpkg --remove tollwatch
check "and does not run" never systemctl is-active --quiet "$unit"
check "what was learnt stays" test -s /var/lib/tollwatch/tollwatch.sqlite
check "it is installed again" dpkg "${dpkg_options[@]}" -i tollwatch_"$version"+next_*.deb
check "and starts" systemctl start "$unit"
write 1000
within 60 "where it was" has_counted_all
check "it is purged" dpkg --purge tollwatch
for path in /var/lib/tollwatch /var/lib/private/tollwatch "$configuration" /usr/bin/tollwatch; do
  check "nothing is left at $path" never test -e "$path"
done
echo "the service does what it should"
