"""The bench: what the server costs, beside a floor measured in the same run.

CPU of a request is the server's user and system time divided by the requests, so
that the load generator and whoever else is on the machine do not count.  Every
ratio is that of the medians of rounds in which the two sides take turns, with the
least and the most of a single round beside it: where these lie far apart the machine
was busy, and one run proves little.  Nothing here is a test: figures and the targets
of doc/design.md, nothing more.  QUICK=1: a minute.

    all.py [section...]         pages images posts holds delivery growth start bytes, and those of
                                bench_store.py and crowd.py
"""
import atexit
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import people                                                       # noqa: E402
import zt                                                           # noqa: E402
from browser import PRESETS                                         # noqa: E402

QUICK = os.environ.get("QUICK", "") not in ("", "0")
TOOLS = os.path.join(os.path.dirname(zt.BIN), "bench")
TOP = tempfile.mkdtemp(prefix="zt-bench.", dir=os.environ.get("BENCH_DIR"))
ROUNDS = 5 if QUICK else 9
SECONDS = 0.4 if QUICK else 0.6         # of one side in one round
THREADS = 8                             # the server's own default

WHOLE = "live=link"                     # of a talk's address: one page, not a form and a frame

rows = []                               # of the table
running = []                            # our own children


def cleanup():
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(TOP, ignore_errors=True)


atexit.register(cleanup)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def row(what, measured, ratio="", target="", met=None):
    met = met if isinstance(met, str) else {True: "yes", False: "NO", None: ""}[met]
    rows.append((what, measured, ratio, target, met))
    print("   ", " | ".join(r for r in rows[-1] if r), file=sys.stderr, flush=True)


def tool(name, *args, stdin=None, env=None):
    run = subprocess.run([os.path.join(TOOLS, name), *map(str, args)], input=stdin, text=True,
                         stdout=subprocess.PIPE, check=True, env={**os.environ, **(env or {})})
    return run.stdout


def figures(text):
    return {name: float(value) for name, value in (line.split() for line in text.splitlines())}


# ---- who is measured --------------------------------------------------------

class Floor:
    """The bare libmicrohttpd program with a reply of this size."""
    def __init__(self, status, head, body):
        self.process = subprocess.Popen(
            [os.path.join(TOOLS, "floor"), str(status), str(head), str(body), str(THREADS)],
            stdout=subprocess.PIPE, text=True)
        running.append(self.process)
        self.pid, self.port = self.process.pid, int(self.process.stdout.readline())

    def stop(self):
        self.process.kill()
        self.process.wait()


def server(dir=None, **options):
    it = zt.Server(dir=dir or tempfile.mkdtemp(dir=TOP), test_clock=None, **options)
    running.append(it.process)
    it.pid = it.process.pid
    return it


def head(preset="CHROME", **more):
    """Header lines that this client always sends, as the load generator takes them."""
    headers = {**PRESETS[preset]["headers"], "Accept-Language": "en", **more}
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())


def load(target, plan, lines=32, seconds=None, preset="CHROME", **options):
    path = os.path.join(TOP, f"head.{preset}")
    with open(path, "w", newline="") as f:
        f.write(head(preset))
    args = ["-p", target.port, "-P", target.pid, "-c", lines, "-H", path,
            "-t", SECONDS if seconds is None else seconds]
    for name, value in options.items():
        args += ["-" + name, value]
    out = figures(tool("load", *args, stdin="".join(" ".join(map(str, task)) + "\n"
                                                    for task in plan)))
    if out.get("failed", 0) > 0.001 * out.get("requests", 0):
        print(f"    ! {out['failed']:.0f} of {out['requests']:.0f} requests failed", file=sys.stderr)
    return out


def fetch(target, path, token=None, preset="CHROME", http="1.1", **more):
    """One exchange; (head bytes, body bytes) as they came over the wire."""
    cookie = f"Cookie: z={token}\r\n" if token else ""
    request = f"GET {path} HTTP/{http}\r\nHost: 127.0.0.1:{target.port}\r\n" \
              f"{head(preset, **more)}{cookie}\r\n"
    with socket.create_connection(("127.0.0.1", target.port), timeout=60) as sock:
        sock.sendall(request.encode())
        out = b""
        while not zt.whole(out) and not out.startswith(b"HTTP/1.1 304"):
            part = sock.recv(65536)
            if not part:
                break
            out += part
    top, mark, body = out.partition(b"\r\n\r\n")
    return top + mark, body


def header(top, name):
    found = re.search(rf"^{name}: (.*?)\r$", top.decode("latin-1"), re.M | re.I)
    return found.group(1) if found else None


def form_keys(target, persons):
    """Plan lines of posters, each with the key of a form it was really shown."""
    plan = []
    for cid, _, token in persons:
        _, body = fetch(target, f"/c{cid}?v=form", token)
        key = re.search(rb'name="k"\s+value="([^"]+)"', body)
        plan.append(("P", token, f"c{cid}", key.group(1).decode()))
    return plan


def compared(ours, base):
    """Ratio of the medians, and how far single rounds were apart."""
    single = [a / b for a, b in zip(ours, base)]
    return (statistics.median(ours) / statistics.median(base),
            f"{min(single):.2f}-{max(single):.2f}")


# ---- against the floor ------------------------------------------------------

def against_floor(what, target, plan, top, body, limit, status=200):
    """CPU of the plan's requests, and of as many bytes from the floor, by turns."""
    floor = Floor(status, len(top), len(body))
    ours, base = [], []
    try:
        for _ in range(ROUNDS):
            base.append(load(floor, plan)["cpu_us"])
            out = load(target, plan)
            ours.append(out["cpu_us"])
            same = out["status_304"] if status == 304 else out["status_2xx"]
            assert same >= 0.99 * out["requests"], f"{what}: other replies than meant: {out}"
    finally:
        floor.stop()
    ratio, spread = compared(ours, base)
    row(what, f"{statistics.median(ours):.1f} us (floor {statistics.median(base):.1f})",
        f"{ratio:.2f} x floor ({spread})", f"<= {limit:g} x floor", ratio <= limit)


def settled(target, path, token):
    """A page as it stays once everybody has been told who is here; (head, body, ETag)."""
    while True:
        _, before = fetch(target, path, token)
        time.sleep(2.5)
        top, body = fetch(target, path, token)
        if re.sub(rb"\d\d:\d\d:\d\d", b"", body) == re.sub(rb"\d\d:\d\d:\d\d", b"", before):
            return top, body, header(top, "ETag")


def pages():
    """One talk of two people who came by HTTP: register, befriend, write."""
    it = server()
    a, b, cid = people.pair(it)
    for number in range(24):
        people.say((a, b)[number % 2], cid, f"{number}: some forty bytes as people write them")
    key = people.message_form(a).value["k"]
    token, cid = a.cookies["z"], f"{cid}?{WHOLE}"
    top, body, etag = settled(it, f"/{cid}", token)
    unmodified, _ = fetch(it, f"/{cid}", token, If_None_Match=etag)
    assert b" 304 " in unmodified.split(b"\r\n")[0] and body.count(b"<li") >= 20
    against_floor("conversation page, nothing new (304)", it, [("C", token, cid, etag)],
                  unmodified, b"", 1.25, 304)
    against_floor("same page, unchanged, whole (memo)", it, [("G", token, cid, "-")], top, body, 1.4)
    against_floor("same page, 20 messages, rendered (c1?x=N)", it, [("V", token, cid, "-")],
                  top, body, 6)
    out = load(it, [("A", token, cid, key)], lines=8)
    row("one post and the page after it, by turns", f"{2 * out['cpu_us']:.0f} us for both")
    it.stop()


def images():
    """Presence images of many people, none of them the reader's; the store is asked
    once for each before the rounds begin."""
    it = server()
    names = []
    for number in range(20):
        someone = people.somebody(it)
        someone.submit(someone.get("o?v=presence").form(to="o", do="image"))
        page = someone.request("GET", "/o?v=presence", extra={"Accept": "application/json"})
        names.append(page.json["image"].lstrip("/"))
    for ending in ("gif", "wbmp"):
        plan = [("G", "-", f"{name}.{ending}", "-") for name in names]
        top, body = fetch(it, f"/{plan[0][2]}")
        against_floor(f"presence image .{ending}", it, plan, top, body, 1.2)
    etag = header(top, "ETag")
    unmodified, _ = fetch(it, f"/{plan[0][2]}", If_None_Match=etag)
    against_floor("   nothing new (304)", it, [("C", "-", task[2], etag) for task in plan],
                  unmodified, b"", 1.2, 304)
    wrk(it, [f"/{name}.gif" for name in names])
    it.stop()


def wrk(target, paths):
    """All that this machine gives with the load generator on the same cores."""
    script = os.path.join(TOP, "paths.lua")
    with open(script, "w") as f:
        f.write("local paths = {%s}\nlocal n = 0\nrequest = function()\n  n = n %% #paths + 1\n"
                "  return wrk.format('GET', paths[n])\nend\n" % ", ".join(f"'{p}'" for p in paths))
    run = subprocess.run(["wrk", "-t1", "-c64", "-d", "2s" if QUICK else "10s", "-s", script,
                          f"http://127.0.0.1:{target.port}/"], text=True, stdout=subprocess.PIPE, check=True)
    per_s = float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout).group(1))
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    row("presence images by wrk, load generator beside it", f"{per_s:.0f}/s"
        + (f", {wrong.group(1)} refused" if wrong else ""), "", ">= 20,000/s", per_s >= 20000 and not wrong)


# ---- posts and holds --------------------------------------------------------

def fill(name, pairs, signed, messages):
    """A database made below HTTP; (directory, [(cid, uid, token)])."""
    top = os.path.join(TOP, name)
    os.mkdir(top)
    out = tool("inside", "fill", os.path.join(top, "db"), pairs, signed, messages)
    return top, [line.split() for line in out.splitlines()]


def alone(top, persons, seconds):
    lines = "".join(f"{cid} {uid}\n" for cid, uid, _ in persons)
    return figures(tool("inside", "post", os.path.join(top, "db"), 64, seconds, stdin=lines))


def posts_rows(what, ours, base, limit):
    ratio, spread = compared([o["per_s"] for o in ours], [b["per_s"] for b in base])
    per_s = statistics.median(o["per_s"] for o in ours)
    row(f"durable posts, 64 connections{what}", f"{per_s:.0f}/s, "
        f"{statistics.median(o['cpu_us'] for o in ours):.0f} us CPU "
        f"(alone {statistics.median(b['per_s'] for b in base):.0f}/s, "
        f"{statistics.median(b['cpu_us'] for b in base):.0f} us)",
        f"{ratio:.2f} x committer ({spread})", f">= {limit:g} x", ratio >= limit)
    p50, p99 = (statistics.median(o[f"post_{p}_ms"] for o in ours) for p in ("p50", "p99"))
    row(f"   their time{what}", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", f"{p99 / p50:.1f} x its p50",
        "p99 <= 10 x p50", p99 <= 10 * p50)


def community():
    """As many people as the holds need at two for a session, and a copy for the
    committer alone."""
    if not community.made:
        top, persons = fill("community", PAIRS, PAIRS, 1000)
        copy = os.path.join(TOP, "copy")
        shutil.copytree(top, copy)
        community.made.append((top, copy, persons))
    return community.made[0]


community.made = []
HELD = 4000 if QUICK else 18000
HELD_MOST = 0 if QUICK else 19000
PAIRS = HELD // 4 + (1000 if not QUICK else 400)


def posts():
    top, copy, persons = community()
    it = server(top)
    plan = form_keys(it, persons[-64:])
    ours, base = [], []
    for _ in range(3):
        ours.append(load(it, plan, lines=64, seconds=1.5 if QUICK else 3))
        base.append(alone(copy, persons[-64:], 1.5 if QUICK else 3))
    posts_rows(", nothing held", ours, base, 0.5)
    it.stop()


def held_plan(persons, n):
    """Two readers for each session: as many as a browser's session may have."""
    return [("H", token, f"c{cid}?v=log", "-") for cid, _, token in persons[:(n + 1) // 2]
            for _ in range(2)][:n]


def warm(it, persons):
    """Every talk once, so that caches are full before memory is looked at."""
    plan = [("G", token, f"c{cid}?{WHOLE}", "-") for cid, _, token in persons]
    load(it, plan, n=len(plan), lines=16)


def held_rows(out, wanted):
    each = (out["held_kb"] - out["start_kb"]) / max(out["held"], 1)
    row(f"held connections, {wanted:,} asked for", f"{out['held']:.0f} held, "
        f"{out['readers_lost']:.0f} lost, {out['held_kb'] / 1024:.0f} MB in all", "",
        "19,000", out["held"] >= 18900 if wanted >= 19000 else "-")
    row("   resident memory of each", f"{each:.1f} KB", "", "<= 8 KB", each <= 8)
    share = 100 * out["idle_cpu_s"] / out["idle_s"]
    row("   CPU while nothing happens", f"{share:.2f} % of a core "
        f"({out['idle_news']:.0f} woke)", "", "< 2 %", share < 2)


def holds():
    top, copy, persons = community()
    for wanted in filter(None, (HELD_MOST, HELD)):
        it = server(top, hold_s=300, hold_max_s=300)
        warm(it, persons[:wanted // 2 + 1])
        plan = held_plan(persons, wanted)
        if wanted == HELD:
            plan += form_keys(it, persons[-64:])
        out = load(it, plan, lines=64, seconds=2 if QUICK else 5, i=3 if QUICK else 8)
        if wanted == (HELD_MOST or HELD):
            held_rows(out, wanted)
        if wanted == HELD:
            base = alone(copy, persons[-64:], 2 if QUICK else 5)
            posts_rows(f", {out['held']:,.0f} held", [out], [base], 0.3)
        it.stop(120)
    renewals(top, persons)


def renewals(top, persons):
    """What it costs to answer holds that are over and take the next."""
    it = server(top, hold_s=1, hold_max_s=1)
    out = load(it, held_plan(persons, 2000), i=4)
    each = 1e6 * out["idle_cpu_s"] / out["idle_news"]
    row("answering a hold at its end and taking the next", f"{each:.0f} us", "", "", None)
    row("   19,000 of them, once in 50 s (computed)", f"{each * 19000 / 50 / 1e4:.2f} % of a core",
        "", "< 2 %", each * 19000 / 50 / 1e4 < 2)
    it.stop()


def delivery():
    top, _, persons = community()
    rate = talks = 400 if QUICK else 1000
    for others in (0,) if QUICK else (0, 15000):
        it = server(top, hold_s=300, hold_max_s=300)
        chosen = persons[-2 * talks:]
        plan = held_plan(persons[:-2 * talks], others)
        plan += [("H", token, f"c{cid}?v=log", "-") for cid, _, token in chosen[1::2]]
        plan += form_keys(it, chosen[::2])
        out = load(it, plan, lines=256, seconds=3 if QUICK else 6, r=rate)
        p99 = out.get("news_p99_ms", 1e9)
        row(f"delivery, {rate}/s to {talks} readers" + (f", {others:,} more held" if others else ""),
            f"p50 {out.get('news_p50_ms', 0):.0f} ms, p99 {p99:.0f} ms, {out['news_unseen']:.0f} of "
            f"{out['posts']:.0f} not seen, {out['cpu_us']:.0f} us CPU a post", "", "p99 < 250 ms",
            p99 < 250 and out["news_unseen"] == 0)
        it.stop(120)


# ---- growth, start ----------------------------------------------------------

def big():
    if not big.made:
        pairs, messages = (2000, 100_000) if QUICK else (50_000, 1_000_000)
        big.made.append((*fill("big", pairs, 5, messages), 2 * pairs, messages))
    return big.made[0]


big.made = []


def growth():
    small_top, small_people = fill("small", 5, 5, 10_000)
    big_top, big_people, users, messages = big()
    small, large = server(small_top), server(big_top)
    for what, pages_of in (("newest page", lambda n: [f"?{WHOLE}"]),
                           ("pages all over the talk",
                            lambda n: [f"?b={20 + i * (n - 20) // 997}" for i in range(997)])):
        cpu = []
        for _ in range(ROUNDS):
            both = []
            for it, who, n in ((small, small_people, 10_000), (large, big_people, messages)):
                cid, _, token = who[0]
                plan = [("V", token, f"c{cid}{query}", "-") for query in pages_of(n)]
                both.append(load(it, plan)["cpu_us"])
            cpu.append(both)
        ratio, spread = compared([c[1] for c in cpu], [c[0] for c in cpu])
        row(f"growth, {what}", f"{statistics.median(c[0] for c in cpu):.1f} -> "
            f"{statistics.median(c[1] for c in cpu):.1f} us: 10,000 -> {messages:,} messages, "
            f"10 -> {users:,} users", f"{ratio:.2f} x ({spread})", "<= 1.3 x", ratio <= 1.3)
    small.stop()
    large.stop()


def first_page(top):
    begun = time.monotonic()
    it = server(top)
    fetch(it, "/")
    return it, time.monotonic() - begun


def start():
    top, persons, users, messages = big()
    it, _ = first_page(top)
    it.stop()
    times = []
    for _ in range(3):
        it, took = first_page(top)
        times.append(took)
        it.stop()
    took = statistics.median(times)
    row("start to first page, cleanly stopped", f"{took * 1000:.0f} ms, {messages:,} messages, "
        f"{users:,} users", "", "< 500 ms", took < 0.5)
    it, _ = first_page(top)
    load(it, form_keys(it, persons), lines=10, seconds=2)
    it.kill()
    it, took = first_page(top)
    row("   after kill -9 in the middle of posts", f"{took * 1000:.0f} ms", "",
        "bounded by the checkpoint", None)
    it.stop()


# ---- bytes ------------------------------------------------------------------

TEXT = "eine kurze Nachricht, wie man sie eben schreibt {:02d}"


def shown(client, cid):
    """Bytes of text that the page's newest 20 messages have."""
    return sum(len(line["text"].encode()) for line in people.lines(client, cid)[:20])


def exchange(client, path, **extra):
    """As the client sends it; (head bytes, body bytes)."""
    data = client._head("GET", client.root + path if path else client.root, None,
                        {n.replace("_", "-"): v for n, v in extra.items()})
    top, mark, body = client.server.raw(data).partition(b"\r\n\r\n")
    return top + mark, body


def heads_row(name, client, cid, most):
    top, body = exchange(client, cid)
    row(f"headers of a page, {name}", f"{len(top)} bytes", "", f"<= {most}", len(top) <= most)
    again = fetch_304(client, cid, header(top, "ETag"))
    if again is not None:
        row(f"idle poll (304), {name}", f"{len(again)} bytes", "", "<= 200", len(again) <= 200)
    return body


def fetch_304(client, cid, etag):
    if etag is None:
        return None
    data = client._head("GET", client.root + cid, None, {"If-None-Match": etag})
    with socket.create_connection((client.server.host, client.server.port), timeout=60) as sock:
        sock.sendall(data)
        out = b""
        while b"\r\n\r\n" not in out:
            out += sock.recv(65536)
    return out if b" 304 " in out.split(b"\r\n")[0] else None


def signin_rows(it):
    for preset in ("CHROME", "LYNX", "NOKIA7110"):
        top, body = exchange(it.client(preset), "")
        compiled = f", {tool('inside', 'deck', stdin=body.decode()).strip()} compiled" \
            if preset == "NOKIA7110" else ""
        row(f"sign-in page, {preset.lower()}", f"{len(body)} bytes{compiled} (+ {len(top)} of headers)",
            "", "<= 1,000", len(body) <= 1000)


def size():
    it = server()
    signin_rows(it)
    a, b, cid = people.pair(it)
    for number in range(24):
        people.say((a, b)[number % 2], cid, TEXT.format(number))
    text = shown(a, cid)
    whole = f"{cid}?{WHOLE}"
    a.get(whole)
    body = heads_row("chrome", a, whole, 500)
    row("HTML page of 20 messages", f"{len(body)} bytes, {text} of them text", f"{len(body) - text} + text",
        "<= 2,500 + text", len(body) - text <= 2500)
    top, packed = exchange(a, whole, Accept_Encoding="gzip")
    row("   with gzip", f"{len(packed)} bytes (+ {len(top)} of headers)")
    for name, preset in (("lynx", "LYNX"), ("a phone", "NOKIA7110")):
        other = people.somebody_else(a, preset)
        other.get(cid)
        heads_row(name, other, cid, 250)
    deck_row(a, b)
    it.stop()


def deck_row(a, b):
    """Ten messages of ten characters on a phone that shows ten rows."""
    phone = people.somebody_else(b, "NOKIA7110")
    cid = people.talk(b, a.name)
    for number in range(10):
        people.say((a, b)[number % 2], cid, f"message {number:02d}")
    phone.get("o")
    form = next(f for f in phone.page.forms if "rows" in f.value or "rows" in f.typed)
    phone.submit(form, rows="10")
    phone.get(cid)
    _, body = exchange(phone, cid)
    lines = body.count(b"message ")
    compiled = int(tool("inside", "deck", stdin=body.decode()))
    row(f"WML deck of {lines} messages, 100 bytes of text", f"{len(body)} bytes, {compiled} compiled",
        "", "<= 700", f"{'yes' if len(body) <= 700 else 'NO'} (compiled "
        f"{'yes' if compiled <= 700 else 'NO'})")


# ---- the table --------------------------------------------------------------

SECTIONS = {"pages": pages, "images": images, "posts": posts, "holds": holds, "delivery": delivery,
            "growth": growth, "start": start, "bytes": size}


def table():
    names = ("what", "measured", "ratio", "target", "met")
    widths = [max(len(r[i]) for r in [names, *rows]) for i in range(5)]
    for cells in (names, ["-" * w for w in widths], *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())


def main(sections):
    begun = time.monotonic()
    for name in sys.argv[1:] or sections:
        print(f"{name} ...", file=sys.stderr, flush=True)
        sections[name]()
    print()
    table()
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"{'quick, ' if QUICK else ''}{time.monotonic() - begun:.0f} s; medians of {ROUNDS} rounds, posts of 3")
