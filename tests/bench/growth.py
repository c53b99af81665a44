"""What grows with what is stored, as the tables of doc/growth.md.

Communities of 10, 10,000 and 100,000 people with ten thousand, a million and so many
messages are made by grow.c with the server's own commands, looked at as an operator
does (space, start, backup, ...), and then served at once: the load generator asks each
of them in turn for the same pages, in short rounds, so that whatever else the machine
does counts for all.  CPU of a page is the server's user and system time divided by the
requests.  Nothing here is a test.

    growth.py [MESSAGES]        the most, if not 10,000,000

GROWTH_DIR=dir keeps the databases there and uses what it finds; else they go below
BENCH_DIR or TMPDIR and away at the end.  QUICK=1: shorter rounds.
"""
import collections
import os
import shutil
import statistics
import subprocess
import sys
import time

import bench
import zt

KEEP = os.environ.get("GROWTH_DIR")
MOST = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
ROUNDS = 5 if bench.QUICK else 9
SECONDS = 0.4 if bench.QUICK else 0.7
YOUNG_MS = 6 * 60_000           # a server that has just started knows less of presence
CACHES_MB = (64, 1024)          # the default, and one that holds much more

Viewer = collections.namedtuple("Viewer", "kind cid uid peer count token")


class Community:
    """A database of so many messages, its directory and who may look at it."""
    def __init__(self, users, messages):
        self.users, self.messages = users, messages
        digits = str(messages)
        self.name = f"10^{len(digits) - 1}" if digits.strip("0") == "1" else f"{messages:,}"
        self.top = os.path.join(KEEP or bench.TOP, f"grow.{messages}")
        seen = os.path.join(self.top, "viewers")
        if not os.path.exists(seen):
            self.make(seen)
        with open(seen, encoding="ascii") as f:
            self.facts = {"made": float(f.readline())}
            self.viewers = [Viewer(*line.split()) for line in f]

    def make(self, seen):
        os.makedirs(self.top)
        begun = time.monotonic()
        out = bench.tool("grow", self.dir, self.users, self.messages)
        with open(seen, "w", encoding="ascii") as f:
            f.write(f"{time.monotonic() - begun}\n{out}")

    @property
    def dir(self):
        return os.path.join(self.top, "db")

    def of(self, kind):
        return [v for v in self.viewers if v.kind == kind]


def serve(top, **options):
    """The server on the database in top/db."""
    it = zt.Server(dir=top, **options)
    bench.running.append(it.process)
    it.pid = it.process.pid
    return it


# ---- as an operator sees it -------------------------------------------------

def bytes_in(path, *ends):
    return sum(os.path.getsize(os.path.join(path, f)) for f in os.listdir(path) if f.endswith(ends))


def timed(*args):
    """Seconds and the most resident memory (MB) of one of the server's own commands."""
    begun = time.monotonic()
    process = subprocess.Popen([zt.BIN, *args], stdout=subprocess.DEVNULL)
    bench.running.append(process)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, args
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def first_page(top):
    """The server, and the seconds until its first page was there."""
    begun = time.monotonic()
    it = serve(top, test_clock=None)
    bench.fetch(it, "/")
    return it, time.monotonic() - begun


def killed(community):
    """Posts for some seconds, kill -9 in the middle: seconds to the next first page, and
    how much log there was.  On a copy: those messages belong to no comparison."""
    top = shutil.copytree(community.top, community.top + ".killed")
    it, _ = first_page(top)
    persons = [(v.cid, v.uid, v.token) for v in community.of("any")[:64]]
    bench.load(it, bench.form_keys(it, persons), lines=32, seconds=3)
    it.kill()
    logs = bytes_in(os.path.join(top, "db"), *(str(n) for n in range(10)))
    it, took = first_page(top)
    it.stop()
    shutil.rmtree(top)
    return took, logs / 2**20


def operate(community):
    facts, copy, back = community.facts, community.top + ".copy", community.top + ".back"
    facts["tables"] = bytes_in(community.dir, ".db")
    facts["messages"] = os.path.getsize(os.path.join(community.dir, "msg.db"))
    it, _ = first_page(community.top)
    it.stop()
    starts = []
    for _ in range(3):
        it, took = first_page(community.top)
        starts.append(took)
        it.stop()
    facts["start"] = statistics.median(starts)
    facts["killed"], facts["killed logs"] = killed(community)
    it, _ = first_page(community.top)
    facts["resident"] = resident_mb(it.pid)
    facts["backup"], _ = timed("backup", "-d", community.dir, copy)
    facts["resident after"] = resident_mb(it.pid)
    it.stop()
    facts["verify"], facts["verify MB"] = timed("verify", community.dir)
    facts["restore"], _ = timed("restore", copy, back)
    shutil.rmtree(copy)
    shutil.rmtree(back)


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM:"))


# ---- pages ------------------------------------------------------------------

def pages_of(viewers, path):
    return [("V", v.token, path(v), "-") for v in viewers]


def deep(viewer):
    """A thousand pages all over one talk."""
    last = int(viewer.count)
    return [("V", viewer.token, f"c{viewer.cid}?b={20 + i * (last - 20) // 997}", "-")
            for i in range(997)]


PAGES = {
    "talk: newest page, the ten biggest":
        lambda c: pages_of(c.of("big"), lambda v: f"c{v.cid}?{bench.WHOLE}"),
    "talk: pages all over the biggest": lambda c: deep(c.of("big")[0]),
    "talk: newest page, 500 talks in turn":
        lambda c: pages_of(c.of("any"), lambda v: f"c{v.cid}?{bench.WHOLE}"),
    "inbox: somebody with 6 to 8 talks": lambda c: pages_of(c.of("few")[:1], lambda v: f"?{bench.WHOLE}"),
    "inbox: 500 such people in turn": lambda c: pages_of(c.of("few"), lambda v: f"?{bench.WHOLE}"),
    "friends: somebody with 6 to 8": lambda c: pages_of(c.of("few")[:1], lambda v: "f"),
    "friends: 500 such people in turn": lambda c: pages_of(c.of("few"), lambda v: "f"),
    "person: a friend": lambda c: pages_of(c.of("few")[:1], lambda v: f"u{v.peer}"),
    "person: 500 friends in turn": lambda c: pages_of(c.of("few"), lambda v: f"u{v.peer}"),
}


def visit(path):
    return lambda it, v: pages_of([v], path)


LISTS = {
    "inbox": visit(lambda v: f"?{bench.WHOLE}"),
    "friends": visit(lambda v: "f"),
    "newest page of a talk": visit(lambda v: f"c{v.cid}?{bench.WHOLE}"),
    "a message and the page after it, each half":
        lambda it, v: [("A", *task[1:]) for task in bench.form_keys(it, [(v.cid, v.uid, v.token)])],
}


def new(plan, number):
    """No page that was asked in an earlier round: the memo has it."""
    return [(kind, token, f"{path}{'&' if '?' in path else '?'}r={number}" if kind == "V" else path,
             extra) for kind, token, path, extra in plan]


def rounds(what, sides):
    """The sides, (server, plan) each, by turns: CPU in medians, with ratios to the first,
    and bytes."""
    cpu = [[] for _ in sides]
    size = [0] * len(sides)
    for number in range(ROUNDS):
        for i, (it, plan) in enumerate(sides):
            out = bench.load(it, new(plan, number), seconds=SECONDS)
            assert out["failed"] == 0, (what, i, out)
            cpu[i].append(out["cpu_us"])
            size[i] = out["bytes_in"] / out["requests"]
    cells = [f"{statistics.median(cpu[0]):.0f} us"]
    for side in cpu[1:]:
        ratio, spread = bench.compared(side, cpu[0])
        cells.append(f"{statistics.median(side):.0f} us = {ratio:.2f} x ({spread})")
    cells.append(" / ".join(f"{s / 1000:.1f}" for s in size))
    print("   ", what, "|", " | ".join(cells), file=sys.stderr, flush=True)
    return [what, *cells]


def pages(communities, cache_mb):
    servers = [serve(c.top, test_clock=1, cache_mb=cache_mb) for c in communities]
    for it in servers:
        it.ctl("clock", "advance", YOUNG_MS)
    rows = [rounds(what, [(it, plan(c)) for c, it in zip(communities, servers)])
            for what, plan in PAGES.items()]
    for it in servers:
        it.stop()
    print(f"\nCPU of a page, `cache_mb = {cache_mb}`:\n")
    markdown(["page", *(f"{c.name} messages" for c in communities), "KB on the wire"], rows)


def lists(community):
    """What the length of somebody's own lists costs, in one community."""
    it = serve(community.top, test_clock=1)
    it.ctl("clock", "advance", YOUNG_MS)
    viewers = community.of("list")
    rows = [rounds(what, [(it, plan(it, v)) for v in viewers]) for what, plan in LISTS.items()]
    it.stop()
    print(f"\nCPU of a page by the number of talks (and friends) somebody has, "
          f"{community.name} messages:\n")
    markdown(["page", *(f"{v.count} talks" for v in viewers), "KB on the wire"], rows)


# ---- the tables -------------------------------------------------------------

def markdown(head, rows):
    for cells in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(cells) + " |")
    sys.stdout.flush()


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 10 else f"{value:.0f} s"


def operation_rows(communities):
    def row(what, cell):
        return [what, *(cell(c.facts, c) for c in communities)]
    return [
        row("people", lambda f, c: f"{c.users:,}"),
        row("made in", lambda f, c: seconds(f["made"])),
        row("tables", lambda f, c: f"{f['tables'] / 1e6:,.0f} MB"),
        row("bytes a message, its table", lambda f, c: f"{f['messages'] / c.messages:.0f}"),
        row("bytes a message, all tables", lambda f, c: f"{f['tables'] / c.messages:.0f}"),
        row("start to first page, cleanly stopped", lambda f, c: seconds(f["start"])),
        row("start to first page, after kill -9 in posts",
            lambda f, c: f"{seconds(f['killed'])} ({f['killed logs']:.0f} MB of log files)"),
        row("`backup`, with its audit", lambda f, c: seconds(f["backup"])),
        row("the server's memory before it, most in it",
            lambda f, c: f"{f['resident']:.0f}, {f['resident after']:.0f} MB"),
        row("`verify`", lambda f, c: f"{seconds(f['verify'])}, {f['verify MB']:.0f} MB"),
        row("`restore`, with its audit", lambda f, c: seconds(f["restore"])),
    ]


def main():
    sizes = [s for s in ((10, 10_000), (10_000, 1_000_000)) if s[1] < MOST]
    communities = [Community(*s) for s in (*sizes, (max(MOST // 100, 10), MOST))]
    for community in communities:
        print(f"{community.name} ...", file=sys.stderr, flush=True)
        operate(community)
    markdown(["", *(f"{c.name} messages" for c in communities)], operation_rows(communities))
    for cache_mb in CACHES_MB:
        pages(communities, cache_mb)
    lists(communities[-1])
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {ROUNDS} rounds of "
          f"{SECONDS} s")


main()
