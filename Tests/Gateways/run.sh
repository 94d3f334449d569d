#!/usr/bin/env bash
# What a client sent is what the record says: real gateways, hostile requests.
#
#   Tests/Gateways/run.sh [GATEWAY…]
#
# Starts nginx, Apache, HAProxy and Varnish (or those that are named) on loopback ports of their
# own, sends each of them the same hostile requests, and lets the exam compare the records of the
# lines that they wrote with what was sent and received. SEED repeats the random part (default:
# a new one, which is printed), RANDOM_COUNT is its size, FOLDER keeps the logs, TOLLWATCH is the
# binary (default: it is built). Nothing is installed; the gateways come with
#
#   apt-get install --no-install-recommends nginx-light apache2 haproxy varnish gcc python3
set -euo pipefail
cd "$(dirname "$0")/../.."
missing=()
for program in nginx apache2 haproxy varnishd varnishncsa python3; do
  PATH=$PATH:/usr/sbin command -v "$program" > /dev/null || missing+=("$program")
done
if ((${#missing[@]})); then
  echo "missing: ${missing[*]}; apt-get install --no-install-recommends" \
    "nginx-light apache2 haproxy varnish gcc python3" >&2
  exit 69
fi
if [[ -z ${TOLLWATCH:-} ]]; then
  swift build -c release --product tollwatch
  TOLLWATCH=$(swift build -c release --show-bin-path)/tollwatch
fi
folder=${FOLDER:-$(mktemp -d)}
mkdir -p "$folder"
[[ -n ${FOLDER:-} ]] || trap 'rm -rf "$folder"' EXIT
PATH=$PATH:/usr/sbin PYTHONDONTWRITEBYTECODE=1 python3 Tests/Gateways/gateways.py "$folder" "$@"
"$TOLLWATCH" exam "$folder/rows"
