#!/usr/bin/env python3
"""Rotates a log in every mode under a running `tollwatch run`, kills it at random, and compares.

A writer appends simulated traffic while logrotate (or a gateway of its own) rotates and compresses;
`kill -9` comes at random moments. At the end the service must have counted every line once, and its
database must hold the alerts that a replay of the whole log finds, each revision once, and the same
usage of every hour; whatever
stood on standard output must be in the database with the same words. `replay --journal` must find
the same alerts byte for byte. Modes of faults: the disk of the database is full for a while, the
process is stopped, writing and syncing, or reading, fail now and then (`fiu-run`), the clock on the
wall jumps from one start to the next, or under the running process; checksums of archives are wrong,
which the ledger must have as a gap. In the mode `sources` there are two logs, one of which falls silent
and comes late, and the configuration changes; in the mode `late` archives come after newer ones
were read: there the journal alone says what must be found.

Modes run side by side, as many as there are processors, or as `--jobs` says; what a mode needs and
is not there (root, logrotate, fiu-utils, faketime) leaves that mode out, and is said.

  rotations.py --binary .build/debug/tollwatch [--seconds 100] [--modes create,compress] [--seed 1]
"""
import argparse, collections, concurrent.futures, gzip, json, os, random, re, shutil, signal, socket
import sqlite3, subprocess, sys, tempfile, threading, time

from campaign import (FAKETIME, FAULTS, STATUS_NOT_WRITTEN, Service, again, check_printed,
                      check_revisions, revised_at, revisions, rows, time_of, usage)

LOGROTATE_MODES = {
    "create": "create\nnocompress",
    "delaycompress": "create\ncompress\ndelaycompress",
    "compress": "create\ncompress",
    "dateext": "create\ndateext\ndateformat -%Y%m%d-%s\ncompress\ndelaycompress",
    "copytruncate": "copytruncate\nnocompress",
    "copytruncate-compress": "copytruncate\ncompress\ndelaycompress",
}
OWN_MODES = ["listening", "arriving", "arriving-slowly", "members", "sources", "late", "forgetting",
             "broken"]
# There the journal alone says what must be found.
JOURNAL_MODES = ["sources", "late", "listening", "forgetting", "broken"]
# Two logs, one of which falls silent; in the second one the journal is short.
TWO_LOGS = ["sources", "forgetting"]
# Rotated as in `create`, and something else goes wrong as well.
FAULT_MODES = ["full", "stopped", "failing", "unreadable", "clock", "clock-inside"]
MODES = list(LOGROTATE_MODES) + OWN_MODES + FAULT_MODES


HEADER_5424 = b'<134>1 2026-11-22T10:00:00.000Z gw nginx 42 access [meta id="7"] '


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for probe in sockets:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in sockets]
    for probe in sockets:
        probe.close()
    return ports


def with_listener(path, log):
    """A source that listens in all ways instead of one that reads files."""
    log.ports = free_ports(2)
    ways = [f"fifo:{log.folder}/pipe", f"unix:{log.folder}/socket",
            f"udp:127.0.0.1:{log.ports[0]}", f"tcp:127.0.0.1:{log.ports[1]}"]
    listen = f"    listen: [{', '.join(json.dumps(way) for way in ways)}]\n    lateness: 1d"
    text = re.sub(r"    paths: .*", listen, open(path).read())
    with open(path, "w") as file:
        file.write(text)


class Log:
    """What is written, and where: the writer keeps its file open, as a gateway does."""

    def __init__(self, folder, mode, rng):
        self.folder, self.mode, self.rng = folder, mode, rng
        self.name = "access.log.gz" if mode == "members" else "access.log"
        self.path = os.path.join(folder, self.name)
        self.lock = threading.Lock()
        self.buffer = b""
        self.silent_until = 0
        self.rotations = 0
        self.withheld = []
        self.broken = 0
        self.open()

    def open(self):
        if self.mode == "listening":
            self.connection = None
        elif not self.arrives:
            self.file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)

    @property
    def arrives(self):
        return self.mode.startswith("arriving") or self.mode in ("late", "broken")

    def write(self, lines):
        data = b"".join(lines)
        with self.lock:
            if self.mode == "listening":
                self.send(lines)
            elif self.arrives:
                self.buffer += data
            elif self.mode in TWO_LOGS:
                self.write_both(lines)
            elif self.mode == "members":
                member = gzip.compress(data, 4)
                cut = self.rng.randrange(len(member)) if self.rng.random() < 0.2 else 0
                os.write(self.file, member[:cut])
                if cut:
                    time.sleep(self.rng.random() * 0.3)
                os.write(self.file, member[cut:])
            else:
                # Half a line now and then, and its rest later.
                cut = self.rng.randrange(len(data)) if self.rng.random() < 0.2 else 0
                os.write(self.file, data[:cut])
                if cut:
                    time.sleep(self.rng.random() * 0.3)
                os.write(self.file, data[cut:])

    def write_both(self, lines):
        """Every other line to a second log, whose writer sleeps now and then."""
        os.write(self.file, b"".join(lines[::2]))
        self.buffer += b"".join(lines[1::2])
        if time.time() < self.silent_until:
            return
        with open(os.path.join(self.folder, "mesh.log"), "ab") as file:
            file.write(self.buffer)
        self.buffer = b""
        if self.rng.random() < 0.02:
            self.silent_until = time.time() + self.rng.random() * 5

    def send(self, lines):
        """Over one of four ways; what is under way when nobody listens any more is lost."""
        self.wait_for_listener()
        way = self.rng.randrange(4)
        try:
            if way == 0:
                with open(os.path.join(self.folder, "pipe"), "wb", buffering=0, opener=lambda path, flags:
                          os.open(path, flags | os.O_NONBLOCK)) as pipe:
                    os.set_blocking(pipe.fileno(), True)
                    pipe.write(b"".join(lines))
            elif way == 1:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                    for line in lines:
                        sender.sendto(b"<134>Nov 22 10:00:00 gw nginx: " + line.rstrip(b"\n"),
                                      os.path.join(self.folder, "socket"))
            elif way == 2:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    for line in lines:
                        sender.sendto(HEADER_5424 + line, ("127.0.0.1", self.ports[0]))
                        time.sleep(0.0002)
            else:
                with socket.create_connection(("127.0.0.1", self.ports[1])) as sender:
                    for line in lines:
                        message = HEADER_5424 + line.rstrip(b"\n")
                        sender.sendall(b"%d " % len(message) + message)
        except OSError:
            pass

    def wait_for_listener(self):
        """A gateway whose collector is away holds back what it has to say."""
        end = time.time() + 60
        while time.time() < end:
            try:
                return socket.create_connection(("127.0.0.1", self.ports[1])).close()
            except OSError:
                time.sleep(0.05)

    def reopen(self):
        with self.lock:
            os.close(self.file)
            self.open()

    def rotate(self, configuration, state):
        if self.mode == "listening":
            return
        if self.mode in OWN_MODES:
            return self.rotate_own()
        self.rotations += 1
        # What is written between the copy and the cut is lost to everybody; a gzip that runs
        # before the writer was told loses the rest.
        must_pause = self.mode.startswith("copytruncate") or self.mode == "compress"
        if must_pause:
            self.lock.acquire()
        try:
            subprocess.run(["logrotate", "-f", "-s", state, configuration], check=True)
            if self.mode == "compress":
                os.close(self.file)
                self.open()
        finally:
            if must_pause:
                self.lock.release()
        if not must_pause:
            time.sleep(self.rng.random() * 1.5)
            self.reopen()

    def rotate_own(self):
        self.rotations += 1
        if self.mode in TWO_LOGS:
            with self.lock:
                for name in ("access.log", "mesh.log"):
                    path = os.path.join(self.folder, name)
                    if os.path.exists(path):
                        os.rename(path, f"{path}.{time.time_ns()}")
                os.close(self.file)
                self.open()
            return
        if self.mode == "members":
            with self.lock:
                for age in range(200, 0, -1):
                    old = os.path.join(self.folder, f"access.log.{age}.gz")
                    if os.path.exists(old):
                        os.rename(old, os.path.join(self.folder, f"access.log.{age + 1}.gz"))
                os.rename(self.path, os.path.join(self.folder, "access.log.1.gz"))
                os.close(self.file)
                self.open()
            return
        with self.lock:
            data, self.buffer = self.buffer, b""
        if not data:
            return
        name = os.path.join(
            self.folder, f"app-{time.strftime('%Y%m%d')}-{100000 + self.rotations}.log.gz")
        packed = gzip.compress(data)
        if self.mode == "late":
            # Every third one waits, as if its host were offline.
            self.withheld.append((name, packed))
            if self.rotations % 3 == 0:
                return
            while self.withheld and self.rng.random() < 0.7:
                self.deliver(*self.withheld.pop())
            return
        if self.mode == "broken" and self.rotations % 3 == 1:
            # The lines are there, and nothing vouches for them.
            packed = packed[:-8] + bytes([packed[-8] ^ 0xff]) + packed[-7:]
            self.broken += 1
        if self.mode in ("arriving", "broken"):
            return self.deliver(name, packed)
        with open(name, "wb", buffering=0) as file:
            while packed:
                count = self.rng.randrange(1, max(2, len(packed)))
                file.write(packed[:count])
                packed = packed[count:]
                time.sleep(self.rng.random() * 0.2)


    def deliver(self, name, packed):
        with open(name + ".part", "wb") as file:
            file.write(packed)
        os.rename(name + ".part", name)

    def deliver_all(self):
        """The last one first: what is left is late, but for the newest."""
        while self.withheld:
            self.deliver(*self.withheld.pop())
            time.sleep(1)


def configuration(folder, drill, paths):
    text = open(os.path.join(drill, "tollwatch.yaml")).read()
    lines = [line for line in text.splitlines() if "paths:" not in line]
    lines.insert(2, f"    paths: [{paths}]")
    text = "\n".join(lines)
    for name in ("registry.yaml", "rules.yaml"):
        text = text.replace(name, os.path.join(drill, name))
    path = os.path.join(folder, "tollwatch.yaml")
    with open(path, "w") as file:
        file.write(text + "\nbackfill: 3650d\ncheckpoint: 500ms\n")
        file.write(f"store: {folder}/tollwatch.sqlite\n")
    return path


def with_second_source(path):
    """Two sources instead of one, of that a version with the shipped rules, and each of them again."""
    text = open(path).read()
    start, end = text.index("  - name:"), text.index("\nregistry:")
    first = text[start:end].replace("/*log*", "/access.log*") + "\n    silence: 2s"
    second = first.replace("/access.log*", "/mesh.log*").replace("name: edge", "name: mesh")
    both = text[:start] + first + "\n" + second + text[end:]
    with open(path, "w") as file:
        file.write(both)
    shipped = [line for line in both.splitlines() if not line.startswith(("rules:", "shipped_"))]
    versions = [both, "\n".join(shipped) + "\n"]
    return versions + [text + "# The same rules.\n" for text in versions]


def counted(folder, status):
    """Lines that were read, those of archives that came late as well."""
    try:
        late = rows(os.path.join(folder, "tollwatch.sqlite"),
                    "SELECT ifnull(sum(parsed + unparsed), 0) FROM coverage "
                    "WHERE source LIKE '% late from %'")[0][0]
    except sqlite3.Error:
        late = 0
    return status.get("lines", 0) + late


def run_mode(mode, seconds, binary, work, drill, lines, rng, stop_seconds):
    folder = os.path.join(work, mode)
    # The logs are on another disk than the database.
    logs = os.path.join(work, f"{mode}-logs")
    os.makedirs(logs)
    if mode == "full":
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=True)
        shutil.copy(os.path.join(work, "fingerprint_key"), folder)
    settings = configuration(folder, drill, f'"{logs}/*log*"')
    log = Log(logs, "create" if mode in FAULT_MODES else mode, rng)
    rotate_configuration = os.path.join(work, f"{mode}-logrotate.conf")
    if log.mode in LOGROTATE_MODES:
        text = LOGROTATE_MODES[log.mode]
        with open(rotate_configuration, "w") as file:
            file.write(f"{log.path} {{\nrotate 900\nsu root root\n{text}\n}}\n")
    service = Service(binary, settings, folder, mode, rng)
    versions = with_second_source(settings) if mode in TWO_LOGS else []
    if mode == "listening":
        with_listener(settings, log)
    if mode == "forgetting":
        versions = [text + "journal_entries: 10\n" for text in versions]
        service.configure(versions[0])
    service.start()
    end = time.time() + seconds
    finished = threading.Event()

    def rotate():
        while not finished.wait(0.3 + rng.random() * 2):
            log.rotate(rotate_configuration, os.path.join(work, f"{mode}-state"))

    def reload():
        while versions and not finished.wait(1 + rng.random() * 5):
            service.reload(rng.choice(versions))

    def disturb():
        while mode in FAULT_MODES and not finished.wait(1 + rng.random() * 5):
            service.disturb(stop_seconds)

    def kill():
        while not finished.wait(0.3 + rng.random() * 4):
            service.kill()

    threads = [threading.Thread(target=work) for work in (rotate, kill, reload, disturb)]
    for thread in threads:
        thread.start()
    position = 0
    while position < len(lines):
        share = max(0.0, min(1.0, 1 - (end - time.time()) / seconds))
        target = int(share * len(lines))
        if position < target:
            count = min(len(lines) - position, rng.randrange(1, max(2, target - position + 1)))
            log.write(lines[position:position + count])
            position += count
        time.sleep(rng.random() * 0.05)
    finished.set()
    for thread in threads:
        thread.join()
    if log.arrives:
        log.rotate_own()
        log.deliver_all()
    if mode in TWO_LOGS:
        log.silent_until = 0
        log.write([])
    code = service.calm() if mode in FAULTS else 0
    deadline = time.time() + (5 if mode == "listening" else 120)
    while time.time() < deadline and counted(folder, service.status()) != len(lines):
        time.sleep(1)
    time.sleep(1)
    code = service.stop() or (0 if code == STATUS_NOT_WRITTEN else code)
    for number, text in enumerate(versions):
        with open(os.path.join(folder, f"version{number}.yaml"), "w") as file:
            file.write(text)
    return log, service, service.status(), code, folder


def check_spool(folder, sent, complain):
    """What came in is what was sent: each line once, none cut or mixed with another."""
    kept = [re.sub(rb"^<134>.*?(?=(\d+\.){3}\d+ )", b"", line) for path in
            sorted(os.listdir(f"{folder}/spool"))
            for line in open(f"{folder}/spool/{path}", "rb").read().splitlines(keepends=True)]
    invented = collections.Counter(kept) - collections.Counter(sent)
    if invented:
        complain(f"{sum(invented.values())} lines were never sent, or came twice")
    if len(kept) < len(sent) * 0.2:
        complain(f"{len(kept)} of {len(sent)} lines came in")
    return kept


def check(mode, outcome, lines, reference, before, problems):
    log, service, status, code, folder = outcome
    database = os.path.join(folder, "tollwatch.sqlite")
    expected = revisions(reference, before)
    found = revisions(database, before)

    def complain(text):
        problems.append(f"{mode}: {text}")

    lines_again, database_again = again(
        service.binary, folder, os.path.join(folder, "tollwatch.yaml"))
    exported, exported_again = (
        subprocess.run([service.binary, "alerts", "export", "--db", path, "--output", "json"],
                       capture_output=True).stdout
        for path in (database, database_again))
    # A signal that came before it could listen to signals may end it.
    wrong = [code for code in service.endings if code != -signal.SIGHUP]
    if wrong and mode not in FAULTS:
        complain(f"it ended by itself with {wrong}")
    if code != 0:
        complain(f"SIGTERM ended it with {code}")
    count = counted(folder, status)
    if mode == "listening":
        lines = check_spool(folder, lines, complain)
    if count != len(lines):
        complain(f"counted {count} of {len(lines)} lines")
    if mode in JOURNAL_MODES:
        expected = found
    check_revisions(found, expected, complain)
    if mode not in JOURNAL_MODES:
        found_usage, wanted = usage(database, before), usage(reference, before)
        if found_usage != wanted or not wanted:
            complain(f"{sum((wanted - found_usage).values())} rows of usage missing, "
                     f"{sum((found_usage - wanted).values())} invented, of {sum(wanted.values())}")
    told = check_printed(folder, complain)
    if mode == "broken":
        gaps = rows(database, "SELECT count(*) FROM coverage WHERE kind = 'gap'")[0][0]
        # The gap behind the last one ends with the next line.
        if not log.broken or gaps < log.broken - 1:
            complain(f"the ledger has {gaps} gaps, of {log.broken} broken archives")
    if mode == "forgetting":
        # What is older than the journal's beginning is not told again.
        said = re.search(r"the journal begins at ([^;]+);", open(folder + "-again.err").read())
        if not said:
            complain("the journal has lost nothing")
        start = time_of(said[1]) if said else 0
        told = {line for line in told if revised_at(line) >= start + 60_000}
        lines_again = [line for line in lines_again if revised_at(line) >= start + 60_000]
        exported = exported_again
    if exported != exported_again:
        complain("a replay by the journal exports other alerts")
    if told != set(lines_again):
        complain("a replay by the journal prints other lines")
    journal_count = len(rows(database, "SELECT 1 FROM journal"))
    if mode == "full":
        subprocess.run(["umount", folder])
    faults = f"{service.faults} faults, " if mode in FAULT_MODES else ""
    print(f"{mode}: {len(lines)} lines, {log.rotations} rotations, {service.kills} kills, {faults}"
          f"{sum(found.values())} revisions, {journal_count} "
          f"entries of the journal", flush=True)


def can_mount():
    with tempfile.TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
        if os.geteuid() or subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seconds", type=float, default=90, help="for all modes together")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--lines", type=int, default=20000, help="of traffic a day")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="modes side by side")
    parser.add_argument("--stop-seconds", type=float, default=8,
                        help="for how long at most the process is stopped in the mode stopped")
    options = parser.parse_args()
    modes = options.modes.split(",")
    if not shutil.which("logrotate"):
        modes = [mode for mode in modes if mode in OWN_MODES]  # rotated by themselves
        print("logrotate is not installed: its modes are left out")
    has_fiu, has_faketime = bool(shutil.which("fiu-run")), os.path.exists(FAKETIME)
    needs = {"full": "full" in modes and can_mount(), "failing": has_fiu, "unreadable": has_fiu,
             "clock": has_faketime, "clock-inside": has_faketime}
    for mode in [mode for mode in modes if not needs.get(mode, True)]:
        modes.remove(mode)
        print(f"{mode} is left out: it needs root, fiu-utils or faketime")
    binary = os.path.abspath(options.binary)
    work = tempfile.mkdtemp(prefix="rotations-")
    print(f"seed {options.seed}, in {work}")
    drill = os.path.join(work, "drill")
    # Traffic of days to come, so that its alerts are news and are printed.
    start = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86400))
    subprocess.run(
        [binary, "simulate", "--seed", str(options.seed), "--days", str(options.days),
         "--lines-a-day", str(options.lines), "--strong-only", "--start", start, "--out", drill],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    text = b"".join(
        gzip.open(os.path.join(drill, name)).read()
        for name in sorted(os.listdir(drill)) if name.endswith(".gz"))
    lines = text.splitlines(keepends=True)
    whole = os.path.join(work, "whole.log")
    with open(whole, "wb") as file:
        file.write(text)
    reference = os.path.join(work, "replay.sqlite")
    settings = configuration(work, drill, f'"{whole}"')
    problems = []
    shared_key = os.path.join(work, "fingerprint_key")
    subprocess.run(
        [binary, "replay", "--config", settings, "--db", reference],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    last = rows(reference, "SELECT max(ended_at) FROM coverage")[0][0]
    before = last - 2 * 3600 * 1000
    print(f"{len(lines)} lines, {sum(revisions(reference, before).values())} revisions of "
          f"{len(rows(reference, 'SELECT id FROM alerts'))} alerts to find", flush=True)
    def run(mode):
        rng = random.Random(f"{options.seed} {mode}")
        os.makedirs(os.path.join(work, mode), exist_ok=True)
        shutil.copy(shared_key, os.path.join(work, mode, "fingerprint_key"))
        outcome = run_mode(
            mode, options.seconds * options.jobs / len(modes), binary, work, drill, lines, rng,
            options.stop_seconds)
        check(mode, outcome, lines, reference, before, problems)

    options.jobs = min(options.jobs, len(modes))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run, mode) for mode in modes]):
            done.result()
    for problem in problems:
        print(f"FAILED {problem}")
    if not problems:
        shutil.rmtree(work)
        print("zero lost, zero doubled, zero invented")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
