#!/usr/bin/env python3
"""Rotates the logs of a real nginx with a real logrotate under `tollwatch run`, which is killed.

Requests of many keys come in bursts that a rule must tell; nginx writes them to a plain log, which
logrotate renames and compresses, and to a log of its own compression (`gzip=`), a source of its own
in a second service. `kill -9` hits both at random moments. At the end each must have counted every
line once, and its database must hold the alerts that a replay of all the files finds, each revision
once, all of them printed, each in one wording; `replay --journal` must print the same lines.

  nginx.py --binary .build/release/tollwatch [--rotations 200] [--kills 200] [--seed 1]
"""
import argparse, glob, gzip, os, random, shutil, signal, socket, subprocess, sys, tempfile
import threading, time

import campaign

FORMAT = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
          '$request_time "$http_user_agent" "$http_x_api_key"')
KEY_COUNT = 400
RULES = """rules:
  - {id: burst, title: A key bursts, kind: threshold, window: 5s, above: 25, severity: high}
"""


def configure_nginx(work, port):
    with open(f"{work}/nginx.conf", "w") as file:
        file.write(f"""
user root; worker_processes 2; pid {work}/nginx.pid; error_log {work}/error.log warn;
events {{ worker_connections 256; }}
http {{
  log_format keyed '{FORMAT}';
  server {{
    listen 127.0.0.1:{port};
    keepalive_requests 1000000;
    access_log {work}/plain/access.log keyed;
    access_log {work}/packed/access.log.gz keyed gzip=4 buffer=16k flush=300ms;
    location / {{ return 204; }}
  }}
}}
""")
    for name, text in (("plain", "compress\ndelaycompress"), ("packed", "nocompress")):
        os.makedirs(f"{work}/{name}")
        with open(f"{work}/{name}.conf", "w") as file:
            file.write(f"{work}/{name}/access.log{'.gz' if name == 'packed' else ''} {{\nsu root root\n"
                       f"rotate 100000\ncreate 0640 root root\n{text}\npostrotate\n"
                       f"kill -USR1 $(cat {work}/nginx.pid)\nendscript\n}}\n")


def configure_service(work, name):
    folder = f"{work}/{name}-state"
    os.makedirs(folder)
    with open(f"{folder}/rules.yaml", "w") as file:
        file.write(RULES)
    path = f"{folder}/tollwatch.yaml"
    with open(path, "w") as file:
        file.write(f"""sources:
  - name: edge
    paths: ["{work}/{name}/*"]
    format: nginx
    log_format: '{FORMAT}'
    identity: [$http_x_api_key]
    lateness: 5s
rules: [rules.yaml]
shipped_rules: off
store: tollwatch.sqlite
checkpoint: 1s
""")
    return folder, path


class Load:
    """Requests over one connection, many at a time."""

    def __init__(self, port, rng):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.rng = rng
        self.sent = 0

    def send(self, key, count):
        request = (f"GET /v1/things/{self.rng.randrange(1000)} HTTP/1.1\r\nHost: x\r\n"
                   f"X-Api-Key: key-{key:04d}\r\n\r\n").encode()
        self.socket.sendall(request * count)
        # An answer of 204 has no body: it ends at the first empty line.
        missing, rest = count, b""
        while missing:
            rest += self.socket.recv(1 << 16)
            *answers, rest = rest.split(b"\r\n\r\n")
            missing -= len(answers)
        self.sent += count

    def run(self, finished):
        while not finished.is_set():
            for _ in range(8):
                self.send(self.rng.randrange(KEY_COUNT), self.rng.randrange(1, 4))
            if self.rng.random() < 0.08:
                self.send(self.rng.randrange(KEY_COUNT), self.rng.randrange(26, 90))
            time.sleep(0.04)


def lines_of(folder):
    count = 0
    for path in glob.glob(f"{folder}/*"):
        data = open(path, "rb").read()
        count += (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).count(b"\n")
    return count


def check(name, service, folder, work, sent, problems):
    def complain(text):
        problems.append(f"{name}: {text}")

    status = service.status()
    logged = lines_of(f"{work}/{name}")
    if logged != sent:
        complain(f"nginx logged {logged} of {sent} requests")
    if status.get("lines") != logged:
        complain(f"counted {status.get('lines')} of {logged} lines")
    database, reference = f"{folder}/tollwatch.sqlite", f"{folder}/replay.sqlite"
    settings = f"{folder}/tollwatch.yaml"
    replayed = subprocess.run(
        [service.binary, "replay", "--config", settings, "--db", reference], capture_output=True)
    if replayed.returncode != 0:
        complain(replayed.stderr.decode())
    # What the end of a replay makes certain a service learns when time goes on.
    before = campaign.rows(reference, "SELECT max(ended_at) FROM coverage")[0][0] - 15_000
    expected = campaign.revisions(reference, before)
    found = campaign.revisions(database, before)
    if not found:
        complain("nothing was found")
    campaign.check_revisions(found, expected, complain)
    told = campaign.check_printed(folder, complain)
    again, _ = campaign.again(service.binary, folder, settings)
    if told != set(again):
        complain("a replay by the journal prints other lines")
    print(f"{name}: {logged} lines, {service.kills} kills, {sum(found.values())} revisions of "
          f"{len({row[0] for row in found})} alerts", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rotations", type=int, default=200)
    parser.add_argument("--kills", type=int, default=200, help="of each service")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    binary = os.path.abspath(options.binary)
    rng = random.Random(options.seed)
    work = tempfile.mkdtemp(prefix="nginx-campaign-")
    os.chmod(work, 0o755)
    print(f"seed {options.seed}, in {work}", flush=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configure_nginx(work, port)
    nginx = subprocess.Popen(["nginx", "-c", f"{work}/nginx.conf", "-g", "daemon off;"])
    services = {}
    try:
        while True:
            try:
                load = Load(port, random.Random(options.seed + 1))
                break
            except OSError:
                time.sleep(0.1)
        for name in ("plain", "packed"):
            folder, path = configure_service(work, name)
            services[name] = campaign.Service(
                binary, path, folder, name, random.Random(f"{options.seed} {name}"))
            services[name].start()
        finished = threading.Event()
        rotated = [0]

        def rotate():
            while rotated[0] < options.rotations:
                time.sleep(0.4 + rng.random() * 2)
                for name in services:
                    subprocess.run(
                        ["logrotate", "-f", "-s", f"{work}/{name}-state.logrotate",
                         f"{work}/{name}.conf"], check=True)
                rotated[0] += 1

        def kill(service):
            while service.kills < options.kills:
                time.sleep(0.3 + service.rng.random() * 2.4)
                service.kill()

        loader = threading.Thread(target=load.run, args=(finished,))
        others = [threading.Thread(target=rotate)] + [
            threading.Thread(target=kill, args=(service,)) for service in services.values()]
        for thread in [loader] + others:
            thread.start()
        for thread in others:
            thread.join()
        finished.set()
        loader.join()
        time.sleep(1)
        nginx.send_signal(signal.SIGQUIT)
        nginx.wait()
        problems = []
        for name, service in services.items():
            deadline = time.time() + 180
            while time.time() < deadline and service.status().get("lines") != load.sent:
                time.sleep(1)
            # Until the last lines are older than their source may be late.
            time.sleep(12)
            if service.stop() != 0:
                problems.append(f"{name}: SIGTERM did not end it in good order")
            check(name, service, service.folder, work, load.sent, problems)
        print(f"{rotated[0]} rotations of each log", flush=True)
    finally:
        nginx.kill()
        for service in services.values():
            if service.process.poll() is None:
                service.process.kill()
    for problem in problems:
        print(f"FAILED {problem}")
    if not problems:
        shutil.rmtree(work)
        print("zero lost, zero doubled, zero invented")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
