#!/usr/bin/env python3
"""gateways.py FOLDER [GATEWAY…]: writes FOLDER/rows/GATEWAY.jsonl, as `run.sh` says."""
import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time

import hostile

LINE_SECONDS_MAX = 3.0
ANSWER_SECONDS_MAX = 4.0
SETTLE_SECONDS = 1.5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# MARK: the service behind the gateways

def serve(connection):
    with connection:
        connection.settimeout(5)
        data = b""
        try:
            while b"\r\n\r\n" not in data:
                part = connection.recv(65536)
                if not part:
                    return
                data += part
            if b"/slow/" in data.split(b"\r\n")[0]:
                time.sleep(int(data.split(b"/slow/")[1].split(b" ")[0]) / 1000)
            body = b"" if data.startswith(b"HEAD") else b"hello, world"
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n" + body)
        except (OSError, ValueError):
            return


def start_service():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


# MARK: the formats

class Log:
    """One log of a gateway: its format as the exam takes it, and which fields a line has."""

    def __init__(self, path, name, template, fields):
        self.path, self.name, self.template = path, name, template
        self.fields = set(fields.split())
        self.offset = 0
        # HAProxy's `json(utf8s)` leaves out what it has no escape for.
        self.drops_bytes = name == "haproxy/json"

    def take(self):
        """Whole lines that are new."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        self.offset += end
        return [line for line in data[:end].split(b"\n") if line]


COMMON = "client_ip time method target protocol status bytes"
COMBINED = COMMON + " user_agent referrer"


class Gateway:
    def __init__(self, folder, service):
        self.folder, self.service, self.port = folder, service, free_port()
        self.dead = free_port()
        self.processes = []
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o777)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def spawn(self, *words, out="out"):
        with open(self.path(out), "ab") as output, open(self.path("errors"), "ab") as errors:
            self.processes.append(subprocess.Popen(words, stdout=output, stderr=errors))

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(10)

    def wait(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{type(self).__name__} does not answer; see {self.path('errors')}")


class Nginx(Gateway):
    combined = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                '"$http_referer" "$http_user_agent"')
    custom = combined + (' "$http_x_forwarded_for" rt=$request_time urt="$upstream_response_time" '
                         'key="$http_x_api_key" ls=$limit_req_status out=$bytes_sent ms=$msec')
    tabs = ("$msec\t$remote_addr\t$remote_user\t$request\t$status\t$body_bytes_sent\t$request_time\t"
            "$http_x_api_key\t$http_user_agent")
    json = ('{"time":"$time_iso8601","remote_addr":"$remote_addr","remote_user":"$remote_user",'
            '"request":"$request","status":$status,"body_bytes_sent":$body_bytes_sent,'
            '"request_time":$request_time,"http_referer":"$http_referer",'
            '"http_user_agent":"$http_user_agent","http_x_forwarded_for":"$http_x_forwarded_for",'
            '"http_x_api_key":"$http_x_api_key"}')

    def start(self):
        escape = {"json": " escape=json", "json_text": ""}
        templates = {"combined": self.combined, "custom": self.custom, "tabs": self.tabs,
                     "json": self.json, "json_text": self.json}
        formats = "".join(
            f"log_format my_{name}{escape.get(name, '')} '{text}';\n" for name, text in templates.items())
        logs = "".join(f"access_log {self.path(name)} my_{name};\n" for name in templates)
        self.write("nginx.conf", f"""
            daemon off; worker_processes 1; pid {self.path('pid')}; error_log {self.path('error.log')};
            events {{ worker_connections 256; }}
            http {{
              {formats} {logs}
              client_body_temp_path {self.path('body')}; proxy_temp_path {self.path('proxy')};
              fastcgi_temp_path {self.path('f')}; uwsgi_temp_path {self.path('u')}; scgi_temp_path {self.path('s')};
              limit_req_zone $binary_remote_addr zone=z:1m rate=1r/m; limit_req_status 429;
              client_header_timeout 1s;
              server {{
                listen 127.0.0.1:{self.port};
                location / {{ proxy_pass http://127.0.0.1:{self.service}; }}
                location /dead/ {{ proxy_pass http://127.0.0.1:{self.dead}; }}
                location /limited/ {{ limit_req zone=z; proxy_pass http://127.0.0.1:{self.service}; }}
              }}
            }}""")
        self.spawn("nginx", "-p", self.folder, "-c", self.path("nginx.conf"))
        self.wait()
        rich = COMBINED + " user x_forwarded_for api_key latency"
        fields = {"combined": COMBINED + " user", "custom": rich + " throttled bytes_out_total",
                  "tabs": COMMON + " user user_agent api_key latency", "json": rich, "json_text": rich}
        return [Log(self.path(name), f"nginx/{name}", text, fields[name])
                for name, text in templates.items()]


class Apache(Gateway):
    combined = '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"'
    formats = {
        "combined": (combined, COMBINED + " user"),
        "combined_o": (combined.replace("%b", "%O"), COMBINED.replace("bytes", "bytes_out_total") + " user"),
        "combinedio": (combined + " %I %O", COMBINED + " user bytes_out_total"),
        "vhost_combined": ("%v:%p " + combined.replace("%b", "%O"),
                           COMBINED.replace("bytes", "bytes_out_total") + " user"),
        "custom": (combined + ' %D %T \\"%{X-Forwarded-For}i\\" \\"%{X-Api-Key}i\\"',
                   COMBINED + " user latency x_forwarded_for api_key"),
        "parts": ('%a %{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t %m \\"%U%q\\" %H %>s %B %{us}T '
                  '\\"%u\\" \\"%{User-Agent}i\\"', "client_ip time method protocol status bytes latency "
                  "user user_agent"),
    }

    def start(self):
        modules = "/usr/lib/apache2/modules"
        names = ("mpm_event authn_core authz_core authn_anon auth_basic authz_user log_config logio "
                 "proxy proxy_http reqtimeout unixd setenvif")
        loads = "".join(f"LoadModule {n}_module {modules}/mod_{n}.so\n" for n in names.split()
                        if os.path.exists(f"{modules}/mod_{n}.so"))
        logs = "".join(f'LogFormat "{t}" my_{n}\nCustomLog {self.path(n)} my_{n}\n'
                       for n, (t, _) in self.formats.items())
        conf = self.write("apache.conf", f"""
            ServerRoot {self.folder}
            {loads}
            PidFile {self.path('pid')}
            DefaultRuntimeDir {self.folder}
            User www-data
            Group www-data
            ErrorLog {self.path('error.log')}
            Listen 127.0.0.1:{self.port}
            ServerName gw.example.test
            RequestReadTimeout header=1
            TraceEnable on
            AllowEncodedSlashes NoDecode
            {logs}
            <Location "/auth">
              AuthType Basic
              AuthName rig
              AuthBasicProvider anon
              Anonymous *
              Anonymous_MustGiveEmail off
              Anonymous_NoUserID on
              Require valid-user
            </Location>
            ProxyPass /dead http://127.0.0.1:{self.dead}/
            ProxyPass / http://127.0.0.1:{self.service}/ nocanon
            """)
        self.spawn("apache2", "-D", "FOREGROUND", "-f", conf)
        self.wait()
        return [Log(self.path(n), f"apache/{n}", t, f) for n, (t, f) in self.formats.items()]


class HAProxy(Gateway):
    # The bytes that it counts are those of the service's answer, which it changes on the way.
    fields = "client_ip time method target protocol status latency"
    log_format = ('%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc '
                  '%ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r')
    json = ('{"time":%Ts.%ms,"client_ip":"%ci","client_port":%cp,"frontend":"%ft","backend":"%b",'
            '"server":"%s","status":%ST,"bytes_out":%B,"bytes_in":%U,"total_ms":%Ta,"response_ms":%Tr,'
            '"termination":"%tsc","method":"%HM","uri":"%[capture.req.uri,json(utf8s)]",'
            '"protocol":"%HV","host":"%[capture.req.hdr(0),json(utf8s)]",'
            '"user_agent":"%[capture.req.hdr(1),json(utf8s)]","api_key":"%[capture.req.hdr(2),json(utf8s)]"}')
    custom = ('%ci:%cp [%tr] %ST %B %Ta %tsc %{+Q}r %{+Q}[capture.req.hdr(0)] '
              '%{+Q}[capture.req.hdr(1)] %{+Q}[var(txn.fwd)]')

    def start(self):
        self.kinds = {"http": None, "captures": None, "json": self.json, "custom": self.custom}
        self.ports = {name: free_port() for name in self.kinds}
        self.port = self.ports["http"]
        fronts = ""
        for name, template in self.kinds.items():
            log = f"log-format '{template}'" if template else "option httplog"
            key_and_agent = ["X-Api-Key", "User-Agent"]
            captured = {"captures": key_and_agent, "custom": key_and_agent,
                        "json": ["Host", "User-Agent", "X-Api-Key"]}.get(name, [])
            directive = "http-request capture req.fhdr({}) len 4000" if name == "json" else (
                "capture request header {} len 4000")
            sizes = "".join("  " + directive.format(header) + "\n" for header in captured)
            lenient = "" if name == "captures" else "  option accept-invalid-http-request\n"
            fronts += (f"frontend f_{name}\n  bind 127.0.0.1:{self.ports[name]}\n  {log}\n{lenient}"
                       f"  log fd@{{{name}}} len 65000 format raw local0\n{sizes}"
                       "  http-request set-var(txn.fwd) req.hdr(X-Forwarded-For)\n"
                       "  http-request deny deny_status 429 if { path_beg /limited/ }\n"
                       "  use_backend dead if { path_beg /dead/ }\n  default_backend app\n")
        # Each frontend writes to a descriptor that is opened on its own file.
        descriptors = {}
        for name in self.kinds:
            descriptors[name] = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            fronts = fronts.replace("fd@{%s}" % name, f"fd@{descriptors[name]}")
        conf = self.write("haproxy.cfg", f"""
global
  maxconn 200
  tune.bufsize 65536
  tune.http.logurilen 9000
defaults
  mode http
  timeout client 2s
  timeout server 5s
  timeout connect 1s
  timeout http-request 1s
  retries 0
  option abortonclose
{fronts}
backend app
  server app1 127.0.0.1:{self.service}
backend dead
  server dead1 127.0.0.1:{self.dead}
""")
        with open(self.path("errors"), "ab") as errors:
            self.processes.append(subprocess.Popen(
                ["haproxy", "-db", "-f", conf], stdout=errors, stderr=errors,
                pass_fds=list(descriptors.values())))
        self.wait()
        fields = {"http": self.fields, "captures": self.fields + " user_agent_captured api_key_captured",
                  "json": "client_ip time method target protocol status latency user_agent api_key",
                  "custom": self.fields + " user_agent_captured api_key_captured"}
        templates = {"http": self.log_format.replace(" %hr %hs", ""), "captures": self.log_format,
                     "json": None, "custom": self.custom}
        # The preset says what the JSON is; the others are read by their template.
        return [Log(self.path(n), f"haproxy/{n}", templates[n], fields[n]) for n in self.kinds]


class Varnish(Gateway):
    formats = {
        "ncsa": ('%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i"', COMBINED + " user", None),
        "custom": ('%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i" %D "%{X-Api-Key}i" '
                   '"%{X-Forwarded-For}i"', COMBINED + " user latency api_key", None),
        "json": ('{"time":"%{%Y-%m-%dT%H:%M:%S%z}t","client_ip":"%h","user":"%u","host":"%{Host}i",'
                 '"method":"%m","path":"%U","query":"%q","protocol":"%H","status":"%s","bytes_out":"%b",'
                 '"bytes_in":"%I","us":"%D","referrer":"%{Referer}i","user_agent":"%{User-agent}i",'
                 '"request_id":"%{Varnish:vxid}x","api_key":"%{X-Api-Key}i"}',
                 COMMON + " user_agent referrer latency api_key", "-j"),
    }

    def start(self):
        vcl = self.write("rig.vcl", f"""vcl 4.1;
            backend app {{ .host = "127.0.0.1"; .port = "{self.service}"; }}
            backend dead {{ .host = "127.0.0.1"; .port = "{self.dead}"; }}
            sub vcl_recv {{
              if (req.url ~ "^/dead/") {{ set req.backend_hint = dead; }}
              if (req.url ~ "^/limited/") {{ return (synth(429)); }}
              return (pass);
            }}""")
        work = self.path("work")
        self.spawn("varnishd", "-F", "-j", "none", "-n", work, "-a", f"127.0.0.1:{self.port}", "-f", vcl,
                   "-s", "malloc,64m", "-p", "timeout_idle=1", "-p", "http_req_size=65536",
                   "-p", "http_req_hdr_len=16384", "-p", "vsl_reclen=16000", "-p", "vsl_buffer=32768")
        self.wait()
        for name, (template, _, flag) in self.formats.items():
            self.spawn("varnishncsa", *([flag] if flag else []), "-n", work, "-F", template,
                       "-w", self.path(name))
        time.sleep(1.5)
        return [Log(self.path(n), f"varnish/{n}", None if j else t, f)
                for n, (t, f, j) in self.formats.items()]


# MARK: sending

def send(port, case):
    """The answer's bytes, and the seconds since the epoch at which the exchange began and ended."""
    started = time.time()
    answer = b""
    with socket.create_connection(("127.0.0.1", port), 2) as connection:
        connection.settimeout(ANSWER_SECONDS_MAX)
        try:
            connection.sendall(case.bytes())
            if case.vanish is not None:
                time.sleep(case.vanish)
                return None, started, time.time()
            if not case.hold and case.raw is not None:
                connection.shutdown(socket.SHUT_WR)
            while True:
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
        except OSError:
            pass
    return answer, started, time.time()


def parts(answer):
    """Status, body size, size of all; `None` where the answer has no such thing."""
    if not answer or not answer.startswith(b"HTTP/1."):
        return None, None, None
    head, _, body = answer.partition(b"\r\n\r\n")
    chunked = b"transfer-encoding: chunked" in head.lower()
    return int(answer.split(b" ")[1][:3]), None if chunked else len(body), len(answer)


def stamp(seconds):
    milliseconds = int(seconds * 1000)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{text}.{milliseconds % 1000:03d}Z"


def is_plain(value):
    """Whether it is UTF-8 without anything unusual."""
    try:
        return all(0x20 <= ord(c) < 0xd800 and ord(c) != 0x7f for c in value.decode())
    except UnicodeDecodeError:
        return False


def expected(case, log, line, answer, started, ended):
    status, body, total = parts(answer)
    refused = status == 505 or status is not None and 400 <= status < 500 and status not in (404, 405, 429)
    fields = {"timestamp_between": [stamp(started - 0.05), stamp(ended + 1.5)]}

    # Of what is no request varnish does not tell the client.
    if b"127.0.0.1" in line:
        fields["client_ip"] = "127.0.0.1"

    def text(name, value):
        if value is None or log.drops_bytes and not is_plain(value):
            return
        # A request that is refused early has no headers yet; what is logged must be right.
        if refused and value not in line:
            return
        if name in log.fields:
            fields[name + "_b64"] = base64.b64encode(value).decode()

    def number(name, value):
        if value is not None and name in log.fields:
            fields[name] = value

    number("status", status)
    if case.malformed:
        # Apache's %m and %U make a method and a path out of anything.
        if log.name != "apache/parts":
            fields["malformed_request"] = True
        return fields
    if case.raw is not None:
        return fields
    # What a gateway refuses it may log in any part; what it logs of it must still be right.
    text("method", None if refused and b" " in case.target else case.method)
    # Varnish glues a target that is no path to the host.
    is_glued = log.name.startswith("varnish") and case.target[:1] != b"/" and b"://" not in case.target
    is_cut_short = refused and any(b <= 32 for b in case.target)
    text("target", None if is_cut_short or is_glued else case.target)
    # Where HAProxy cuts a request line, it has no version any more.
    is_cut = log.name.startswith("haproxy") and len(case.target) > 8000
    if case.version and not refused and not is_cut:
        text("protocol", case.version)
    blank = case.agent is not None and case.agent.strip() == b""
    text("user_agent", None if blank else case.agent)
    text("user_agent_captured", case.agent)
    text("referrer", case.header(b"Referer"))
    key = case.header(b"X-Api-Key")
    key = None if key is None or any(b in key for b in b"\r\n\0") else key
    text("api_key", key)
    text("api_key_captured", key)
    text("x_forwarded_for", case.header(b"X-Forwarded-For"))
    text("user", case.user)
    if case.header(b"X-Api-Key") is None and "api_key" in log.fields:
        fields["api_key_absent"] = True
    if body:
        number("bytes", body)
    number("bytes_out_total", total)
    if "latency" in log.fields and status is not None:
        fields["latency_ms_max"] = (ended - started) * 1000 + 20
        if case.name == "slow":
            fields["latency_ms_min"] = 350
    if status == 429:
        fields["throttled"] = True
    return fields


def examine(gateway, name, cases, rows):
    logs = gateway.start()
    unlogged = []
    ports = getattr(gateway, "ports", None)
    try:
        # What asked whether it answers is logged, too.
        time.sleep(SETTLE_SECONDS)
        for log in logs:
            log.take()
        for case in cases:
            exchanges = []
            if ports:
                exchanges = [([log], send(ports[log.name.split("/")[1]], case)) for log in logs]
            else:
                exchanges = [(logs, send(gateway.port, case))]
            for of, (answer, started, ended) in exchanges:
                for log in of:
                    lines = lines_of(log)
                    if len(lines) != 1:
                        unlogged.append(f"{log.name} {case.name}: {len(lines)} lines")
                    for line in lines[:1]:
                        rows.write(json.dumps(row(case, log, line, answer, started, ended)) + "\n")
    finally:
        gateway.stop()
    for text in unlogged:
        print(f"{name}: {text}")


def lines_of(log):
    deadline = time.time() + LINE_SECONDS_MAX
    while time.time() < deadline:
        lines = log.take()
        if lines:
            return lines
        time.sleep(0.01)
    return []


def row(case, log, line, answer, started, ended):
    found = {"format": log.name, "line": line.decode("latin-1"), "tags": ["invalid_utf8", case.name],
             "expected": expected(case, log, line, answer, started, ended),
             "source": f"real gateway on loopback: {log.name}, case {case.name}"}
    if case.vanish is not None:
        found["tags"].append("client_abort")
    if log.template is not None:
        found["format_string"] = log.template
    return found


def main():
    folder = os.path.abspath(sys.argv[1])
    kinds = {"nginx": Nginx, "apache": Apache, "haproxy": HAProxy, "varnish": Varnish}
    seed = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
    count = int(os.environ.get("RANDOM_COUNT") or 60)
    print(f"random requests: {count}, SEED={seed}")
    service = start_service()
    os.makedirs(os.path.join(folder, "rows"), exist_ok=True)
    for name in sys.argv[2:] or kinds:
        cases = hostile.fixed() + hostile.drawn(seed, count)
        with open(os.path.join(folder, "rows", name + ".jsonl"), "w") as rows:
            examine(kinds[name](os.path.join(folder, name), service), name, cases, rows)


if __name__ == "__main__":
    main()
