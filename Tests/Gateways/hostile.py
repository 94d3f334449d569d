"""The hostile requests: what a client sends, and what a record of it must say."""
import base64
import random


class Case:
    """One connection's bytes, and what they mean. Texts are bytes; `None` says nothing."""

    def __init__(self, name, method=b"GET", target=b"/v1/orders", version=b"HTTP/1.1",
                 headers=(), agent=b"rig/1.0", raw=None, vanish=None, hold=False, malformed=False):
        self.name, self.method, self.target, self.version = name, method, target, version
        self.headers, self.agent, self.raw = list(headers), agent, raw
        # Seconds after which the client goes away; whether it keeps silent and waits.
        self.vanish, self.hold, self.malformed = vanish, hold, malformed

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[0] if values else None

    @property
    def user(self):
        value = self.header(b"Authorization")
        return base64.b64decode(value[6:]).split(b":")[0] if value else None

    def bytes(self):
        if self.raw is not None:
            return self.raw
        line = b" ".join(part for part in (self.method, self.target, self.version) if part)
        headers = [(b"Host", b"api.example.test")] if self.header(b"Host") is None else []
        if self.agent is not None:
            headers.append((b"User-Agent", self.agent))
        headers += self.headers + [(b"Connection", b"close")]
        if self.version is None:
            return line + b"\r\n"
        return line + b"\r\n" + b"".join(k + b": " + v + b"\r\n" for k, v in headers) + b"\r\n"


def basic(user):
    return (b"Authorization", b"Basic " + base64.b64encode(user + b":secret"))


AGENTS = {
    "plain": b"curl/8.5.0", "quote": b'Evil"Agent"', "quote_end": b'ends with a quote"',
    "escaped_quote": b'half \\" escaped', "backslash": b"C:\\temp\\new", "backslash_end": b"end\\",
    "backslashes": b"\\\\\\\\x22", "fake_escape": b"\\x22 is not a quote \\u0022 \\n",
    "fake_hash": b"#22 hash #{ #| #}", "braces": b"{one|two} } { |", "percent": b"%22 %0a %s %n %%",
    "bracket": b'"] [x] "', "fake_field": b'x" 200 1 "-" "y',
    "fake_line": b'- - [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 12 "-" "x"',
    "fake_json": b'","status":200,"user_agent":"', "utf8": "naïve-客户端-🚀/1.0".encode(),
    "invalid_utf8": b"bad\xff\xfe\xc3(bytes\x80", "latin1": b"caf\xe9 \xa0 nbsp",
    "overlong": b"\xc0\xaf\xe0\x80\xaf\xed\xa0\x80", "c1": b"\x80\x85\x9f c1", "tab": b"a\tb\tc",
    "dollar": b"$request_time ${status} %{x}i", "single": b"x'y`z", "long": b"A" * 3000,
    "long_quotes": b'"' * 900, "long_bytes": b"\xff" * 700, "spaces": b"a  b   c",
    "comma": b"a, b ; c=d | e", "separators": b"rt=0.001 us=\"200\"", "dash_word": b"-dash-",
    "del": b"a\x7fb", "control": b"a\x01b\x1fc\x08", "escape": b"\x1b[31mred\x1b[0m",
}

TARGETS = {
    "query": b"/v1/orders/42?expand=items&limit=10", "quote": b'/a"b?c="d"',
    "backslash": b"/a\\b\\x22c?d=\\", "bracket": b"/[a]/{b}|c?d[]=e", "percent": b"/%22%0a%00%ff%zz?%",
    "encoded_slash": b"/a%2Fb%2f..%2f", "dots": b"/a/../b/./c//d", "utf8": "/päth/客?q=ü".encode(),
    "invalid_utf8": b"/\xff\xfe?\x80=\xc3", "question_marks": b"/a?b?c??d", "empty_query": b"/a?",
    "fragment": b"/a#frag?b#c", "hash_escape": b"/#22#7b?#", "long": b"/" + b"b" * 7000 + b"?q=1",
    "long_query": b"/l?" + b"k=v&" * 1900, "too_long": b"/" + b"c" * 20000,
    "absolute": b"http://other.example.test/abs/path?x=1", "star_like": b"/*", "single": b"/'`<>^",
    "space": b"/a b c", "http_inside": b"/a HTTP/1.1", "tab": b"/a\tb", "control": b"/a\x01b",
    "nul": b"/a\x00b", "jndi": b"/${jndi:ldap://x.example.test/a}?${env:Y}", "del": b"/a\x7fb",
    "semicolon": b"/a;jsessionid=1?b;c", "fake_line": b'/"200"1"-"', "uuid":
    b"/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x", "key": b"/v1/geo?apikey=SECRET123&q=1",
}

USERS = {
    "plain": b"alice", "space": b"al ice", "fake_end": b'al ice] "x" ', "quote": b'"', "brackets":
    b"] [", "dash": b"-x", "fake_time": b'x [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 1',
    "fake_time_only": b"[21/Nov/2026:19:51:49 +0000]", "backslash": b"a\\x22\\", "utf8": "ülf".encode(),
    "invalid_utf8": b"\xff\xfe\x80", "newline": b"a\nb\r\nc", "tab": b"a\tb", "long": b"u" * 500,
    "fake_quotes": b'" 200 12 "-" "', "dashes": b"- - -", "control": b"\x01\x1b[0m",
}

FORWARDED = {
    "one": b"198.51.100.7", "list": b"198.51.100.7, 10.0.0.1,192.0.2.1", "v6": b"2001:db8::1, ::1",
    "junk": b'"><script>, unknown, "', "port": b"198.51.100.7:4711, [2001:db8::1]:99",
}

METHODS = [b"POST", b"PURGE", b"M-SEARCH", b"FOO_BAR", b"PROPFIND", b"VERYLONGMETHODNAMEINDEED",
           b"DELETE", b"PATCH", b"OPTIONS", b"HEAD", b"TRACE", b"get", b"Foo"]


def fixed():
    """The cases that somebody thought of."""
    cases = [Case("agent_" + name, agent=text) for name, text in AGENTS.items()]
    cases += [Case("target_" + name, target=text) for name, text in TARGETS.items()]
    cases += [Case("user_" + name, headers=[basic(text)], target=b"/auth/x")
              for name, text in USERS.items()]
    cases += [Case("key_" + name, headers=[(b"X-Api-Key", text)]) for name, text in AGENTS.items()
              if len(text) < 60]
    cases += [Case("referrer_" + name, headers=[(b"Referer", text)])
              for name, text in AGENTS.items() if len(text) < 1000]
    cases += [Case("forwarded_" + name, headers=[(b"X-Forwarded-For", text)])
              for name, text in FORWARDED.items()]
    cases += [Case("method_" + method.decode(), method=method) for method in METHODS]
    cases += [
        Case("no_agent", agent=None), Case("empty_agent", agent=b""),
        Case("http10", version=b"HTTP/1.0"), Case("http09", version=None, agent=None),
        Case("http20_text", version=b"HTTP/2.0"), Case("http12", version=b"HTTP/1.2"),
        Case("options_star", method=b"OPTIONS", target=b"*"),
        Case("connect", method=b"CONNECT", target=b"db.example.test:5432"),
        Case("host_hostile", headers=[(b"Host", b'a"b\\c')]),
        Case("host_twice", headers=[(b"Host", b"one.example.test"), (b"Host", b"two")]),
        Case("slow", target=b"/slow/350"), Case("limited", target=b"/limited/a"),
        Case("dead", target=b"/dead/x"), Case("vanish", target=b"/slow/700", vanish=0.15),
        Case("post", method=b"POST", headers=[(b"Content-Length", b"0")]),
        Case("header_nul", headers=[(b"X-Api-Key", b"a\x00b")]),
        Case("header_cr", headers=[(b"X-Api-Key", b"a\rb: c")]),
        Case("header_lf", headers=[(b"X-Api-Key", b"a\nX-Other: c")]),
        Case("header_name", headers=[(b"Bad Header", b"x")]),
        Case("header_fold", headers=[(b"X-Other", b"a\r\n  folded")]),
        Case("header_huge", headers=[(b"X-Other", b"h" * 40000)]),
    ]
    junk = {
        "tls": b"\x16\x03\x01\x00\xc5\x01\x00\x00\xc1\x03\x03" + bytes(range(60)),
        "word": b"batman\r\n\r\n", "binary": b"\x00\x01\xff\xfe\x22\x5c\r\n\r\n",
        "quotes": b'"""" \\\\ ""\r\n\r\n', "ssh": b"SSH-2.0-Go\r\n\r\n", "crlf": b"\r\n\r\n\r\n\r\n",
        "preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "rdp": b"\x03\x00\x00\x13\x0e\xe0mstshash=A\r\n\r\n",
        "redis": b"*1\r\n$4\r\nINFO\r\n\r\n", "proxy": b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n",
        "fake_line": b'1.1.1.1 - - [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 1\r\n\r\n',
    }
    cases += [Case("junk_" + name, raw=text, malformed=True) for name, text in junk.items()]
    cases += [
        Case("version_junk", raw=b"GET /v HTTQ/9\r\n\r\n"), Case("version_huge", raw=b"GET /v HTTP/99.99\r\n\r\n"),
        Case("half_line", raw=b"GET /par", hold=True), Case("half_headers", raw=b"GET /half HTTP/1.1\r\nHost: x\r\n", hold=True),
        Case("silent", raw=b"", hold=True), Case("gone_at_once", raw=b"", vanish=0.0),
        Case("gone_half", raw=b"GET /gone HTT", vanish=0.05),
    ]
    return cases


def drawn(seed, count):
    """Cases that nobody thought of."""
    chance = random.Random(seed)
    special = b'"\\[]{}|#%$ -,:;=\'/?&x2n\t\xff\xc3\x80'

    def text(banned, shortest=6):
        while True:
            size = chance.randint(shortest, 60)
            drawn = bytes(chance.choice(special) if chance.random() < 0.7
                          else chance.randrange(33, 256) for _ in range(size))
            drawn = bytes(b for b in drawn if b not in banned and b != 0x7f).strip()
            if len(drawn) >= shortest:
                return drawn

    cases = []
    for number in range(count):
        headers = [(b"Referer", text(b"")), (b"X-Api-Key", text(b"")), (b"X-Forwarded-For", text(b""))]
        target = b"/r/" + text(b" \t")
        if chance.random() < 0.5:
            headers.append(basic(text(b":")))
            target = b"/auth" + target
        cases.append(Case(f"random_{number}", target=target, agent=text(b""), headers=headers))
    return cases
