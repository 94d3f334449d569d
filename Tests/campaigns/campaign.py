"""What the campaigns share: the daemon with its deaths, and what must be true at its end."""
import collections, datetime, json, os, shutil, signal, sqlite3, subprocess, threading, time

# For programs with threads; the command `faketime` leaves its program behind when it is killed, and
# in the first program that it is loaded into it moves the environment, beside which the Swift runtime
# looks for its arguments.
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
TURNS = ["-1h", "+1h", "-400d", "+3d"]
# What fails now and then, by mode, and how often.
FAULTS = {
    "failing": (0.02, ["posix/io/rw/pwrite", "posix/io/sync/fdatasync", "posix/io/sync/fsync"]),
    "unreadable": (0.002, ["posix/io/rw/read", "posix/io/rw/pread"]),
}
# A service that cannot write says so when it is stopped, and goes on from there at its next start.
STATUS_NOT_WRITTEN = 74


class Service:
    """The daemon, its output, and its deaths."""

    def __init__(self, binary, configuration, folder, mode, rng):
        self.binary, self.configuration, self.folder = binary, configuration, folder
        self.mode, self.rng = mode, rng
        self.lock = threading.Lock()
        self.kills = 0
        self.faults = 0
        # Faults that belong to the mode are over.
        self.is_calm = False
        self.process = None
        # Of the configuration that was asked for last.
        self.rules = None
        # How it ended where nobody killed it.
        self.endings = collections.Counter()

    def start(self):
        self.output = open(self.folder + "-out.jsonl", "ab")
        self.errors = open(self.folder + "-err.log", "ab")
        command = [self.binary, "run", "--config", self.configuration]
        if self.mode in FAULTS and not self.is_calm:
            probability, names = FAULTS[self.mode]
            command = ["fiu-run", "-x"] + [
                word for name in names
                for word in ("-c", f"enable_random name={name},probability={probability}")] + command
        environment = dict(os.environ)
        if self.mode.startswith("clock"):
            command = ["sh", "-c", 'exec "$0" "$@"'] + command
            environment |= {"LD_PRELOAD": FAKETIME, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        if self.mode == "clock":
            environment["FAKETIME"] = self.rng.choice(TURNS) if self.kills else "+0"
        if self.mode == "clock-inside":
            if not self.kills:
                self.turn_clock("+0")
            environment |= {"FAKETIME_TIMESTAMP_FILE": self.folder + "-clock",
                            "FAKETIME_NO_CACHE": "1"}
        self.process = subprocess.Popen(
            command, stdout=self.output, stderr=self.errors, start_new_session=True,
            env=environment)

    def kill(self):
        with self.lock:
            self.start_if_ended()
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.kills += 1
            self.start()

    def turn_clock(self, offset):
        with open(self.folder + "-clock.new", "w") as file:
            file.write(offset + "\n")
        os.replace(self.folder + "-clock.new", self.folder + "-clock")

    def revive(self):
        """What systemd does with a service that ended."""
        with self.lock:
            self.start_if_ended()

    def start_if_ended(self):
        if self.process.poll() is not None:
            self.endings[self.process.returncode] += 1
            self.start()

    def disturb(self, stop_seconds=8):
        """What the mode is named after, for a while."""
        self.faults += 1
        if self.mode == "full":
            ballast = os.path.join(self.folder, "ballast")
            try:
                with open(ballast, "wb", buffering=0) as file:
                    while True:
                        file.write(bytes(65536))
            except OSError:
                time.sleep(1 + self.rng.random() * 4)
            os.remove(ballast)
        if self.mode == "clock":
            self.kill()
        if self.mode == "clock-inside":
            self.turn_clock(self.rng.choice(TURNS + ["+0"]))
        if self.mode in FAULTS:
            self.revive()
        if self.mode == "stopped":
            with self.lock:
                os.killpg(self.process.pid, signal.SIGSTOP)
                time.sleep(1 + self.rng.random() * (stop_seconds - 1))
                os.killpg(self.process.pid, signal.SIGCONT)

    def reload(self, text):
        """Another configuration. Under other rules what the old ones told since the last checkpoint is
        not found again, so death waits until these hold; else it may come in between."""
        rules = [line for line in text.splitlines() if line.startswith(("rules:", "shipped_"))]
        with self.lock:
            self.start_if_ended()
            end = time.time() + 20
            is_other = rules != self.rules
            while is_other and time.time() < end and not self.is_running():
                self.start_if_ended()
            count = self.reload_count()
            self.configure(text)
            self.process.send_signal(signal.SIGHUP)
            while is_other and time.time() < end and self.reload_count() == count:
                # A signal ends a program that does not listen yet.
                if self.process.poll() is not None:
                    return self.start_if_ended()
                time.sleep(0.02)
            self.rules = rules

    def reload_count(self):
        return open(self.folder + "-err.log").read().count(": read again\n")

    def configure(self, text):
        with open(self.configuration + ".new", "w") as file:
            file.write(text)
        os.replace(self.configuration + ".new", self.configuration)

    def stop(self):
        if self.mode not in FAULTS:
            self.revive()
        os.killpg(self.process.pid, signal.SIGTERM)
        return self.process.wait(timeout=60)

    def calm(self):
        """Stops it while things go wrong, and goes on without that; gives how it ended.

        One that things going wrong ended before it ran did not end because it was told to.
        """
        self.revive()
        while self.process.poll() is None and not self.is_running():
            time.sleep(0.1)
        code = self.stop() if self.process.poll() is None else 0
        self.is_calm = True
        self.start()
        return code

    def is_running(self):
        """Whether this very process says so, which listens to signals then."""
        status = self.status()
        try:
            is_same = os.getpgid(status.get("processID", -1)) == self.process.pid
        except (OSError, OverflowError):
            is_same = False
        return is_same and status.get("state") == "running"

    def status(self):
        done = subprocess.run(
            [self.binary, "status", "--config", self.configuration, "--output", "json"],
            capture_output=True)
        return json.loads(done.stdout) if done.returncode == 0 else {}


def rows(database, sql):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def revisions(database, before):
    columns = "id, revision, rule_id, entity, severity, state, started_at, detected_at, ended_at, observed, reason"
    found = rows(database, f"SELECT {columns} FROM alert_history WHERE revised_at < {before}")
    return collections.Counter(found)


def usage(database, before):
    """Who asked for what in whole hours, whatever files told of it."""
    names = "hour, key, key_type, supplier, application, api, route, version, network"
    sums = ("requests", "client_errors", "server_errors", "throttled", "bytes_in", "bytes_out")
    added = ", ".join(f"sum({name})" for name in sums)
    return collections.Counter(rows(
        database, f"SELECT {names}, {added}, max(last_at) FROM usage "
                  f"WHERE hour + 3600000 <= {before} GROUP BY {names}"))


def again(binary, folder, settings):
    """What a replay steered by the journal finds: its lines and its database."""
    database = folder + "-again.sqlite"
    shutil.copy(os.path.join(folder, "fingerprint_key"), os.path.dirname(database))
    command = [binary, "replay", "--config", settings, "--db", database,
               "--journal", os.path.join(folder, "tollwatch.sqlite")]
    for name in sorted(os.listdir(folder)):
        if name.startswith("version"):
            command += ["--earlier-config", os.path.join(folder, name)]
    done = subprocess.run(command, capture_output=True)
    with open(folder + "-again.err", "wb") as file:
        file.write(done.stderr)
    return done.stdout.splitlines(keepends=True), database


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def revised_at(line):
    return time_of(json.loads(line)["revised_at"])


def printed(folder):
    """What stood on standard output: the lines of each revision."""
    found = collections.defaultdict(set)
    for line in open(folder + "-out.jsonl", "rb"):
        if not line.endswith(b"\n"):
            continue
        try:
            alert = json.loads(line)
        except ValueError:
            continue  # a death in the middle of a line, and the next process behind it
        found[alert["id"], alert["revision"]].add(line)
    return found


def check_revisions(found, expected, complain):
    if found != expected:
        complain(f"{sum((expected - found).values())} revisions missing, "
                 f"{sum((found - expected).values())} invented, of {sum(expected.values())}")


def check_printed(folder, complain):
    """Each revision of the database was printed, in one wording, and nothing else; gives the lines."""
    kept = {(row[0], row[1])
            for row in rows(f"{folder}/tollwatch.sqlite", "SELECT id, revision FROM alert_history")}
    told = printed(folder)
    if set(told) - kept:
        complain(f"{len(set(told) - kept)} printed revisions are not in the database")
    if kept - set(told):
        complain(f"{len(kept - set(told))} revisions were never printed")
    if any(len(words) > 1 for words in told.values()):
        complain("a revision was printed in two wordings")
    return {line for words in told.values() for line in words}
