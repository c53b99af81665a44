"""The bench's sections on writes and the disk: the committer beside two other stores,
posts of many clients, a slow disk, checkpoints, and pages while all that goes on.

Each row is the median of rounds in which the sides take turns.  The slow disk is
slowdisk.c, preloaded: each fsync and fdatasync takes 5 ms more than it does.
"""
import os
import re
import shutil
import statistics
import subprocess
import tempfile

import bench
import zt
from bench import QUICK, TOP, figures, load, row, tool

ROUNDS = 3 if QUICK else 5
SECONDS = 1 if QUICK else 2             # of one side in one round
WARM_S = 0.3                            # of the load generator, before it counts
SLOW_US = 5000
SLOW = {"LD_PRELOAD": os.path.join(os.path.dirname(zt.BIN), "tests", "slowdisk.so"),
        "SLOWDISK_US": str(SLOW_US)}
NEVER = 100_000_000                     # kilobytes of log before a checkpoint
TALKS = 400


def talks():
    """A database of many talks, and a copy for what runs below HTTP."""
    if not talks.made:
        top, persons = bench.fill("talks", TALKS, TALKS, 1000)
        copy = os.path.join(TOP, "talks-copy")
        shutil.copytree(top, copy)
        talks.made.append((top, copy, persons))
    return talks.made[0]


talks.made = []


def alone(depth, env=None, checkpoint_kb=4096):
    """The committer without HTTP, so many posts always on their way."""
    _, copy, persons = talks()
    lines = "".join(f"{cid} {uid}\n" for cid, uid, _ in persons)
    return figures(tool("inside", "post", os.path.join(copy, "db"), depth, SECONDS, checkpoint_kb,
                        stdin=lines, env=env))


def peer(engine, batch):
    where = tempfile.mkdtemp(dir=TOP)
    out = figures(tool("peers", engine, os.path.join(where, "db"), TALKS, batch, SECONDS))
    shutil.rmtree(where)
    return out


def by_turns(**sides):
    """{name: [figures…]} of sides that take turns."""
    out = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            out[name].append(side())
    return out


def middle(runs, name):
    return statistics.median(run[name] for run in runs)


def times(runs, name="post"):
    return f"p50 {middle(runs, name + '_p50_ms'):.2f} ms, p99 {middle(runs, name + '_p99_ms'):.2f} ms"


# ---- the committer alone ------------------------------------------------------

def committer():
    """One post to a flush and 64, beside the same rows in SQLite and LMDB."""
    for batch in (1, 64):
        runs = by_turns(ours=lambda b=batch: alone(b), sqlite=lambda b=batch: peer("sqlite", b),
                        lmdb=lambda b=batch: peer("lmdb", b))
        ours = middle(runs["ours"], "per_s")
        row(f"committer alone, {batch} to a flush", f"{ours:.0f}/s, "
            f"{middle(runs['ours'], 'cpu_us'):.0f} us CPU, {times(runs['ours'])}")
        for engine, name in (("sqlite", "SQLite, WAL, synchronous=FULL"), ("lmdb", "LMDB")):
            ratio, spread = bench.compared([o["per_s"] for o in runs["ours"]],
                                           [o["per_s"] for o in runs[engine]])
            row(f"   {name}, the same rows", f"{middle(runs[engine], 'per_s'):.0f}/s, "
                f"{middle(runs[engine], 'cpu_us'):.0f} us CPU", f"ours {ratio:.2f} x ({spread})")


def checkpoints():
    """Posts while a checkpoint follows every 4 MB of log, and without any."""
    for depth in (1, 64):
        for name, env in (("", None), (", slow disk", SLOW)):
            runs = by_turns(some=lambda d=depth, e=env: alone(d, e),
                            none=lambda d=depth, e=env: alone(d, e, NEVER))
            p50, p99 = (middle(runs["some"], f"post_{p}_ms") for p in ("p50", "p99"))
            row(f"posts during checkpoints, {depth} at once{name}", times(runs["some"]) +
                f" (no checkpoint: {times(runs['none'])})", f"{p99 / p50:.1f} x its p50",
                "p99 <= 10 x p50", p99 <= 10 * p50)


# ---- through HTTP -------------------------------------------------------------

def server(slow=False, **options):
    top, _, _ = talks()
    prefix = ["env"] + [f"{n}={v}" for n, v in SLOW.items()] if slow else []
    return bench.server(top, prefix=prefix, **options)


def posters(it, n):
    return bench.form_keys(it, talks()[2][:n])


def clients():
    it = server()
    for lines in (1, 16, 64, 256):
        plan = posters(it, lines)
        runs = by_turns(posts=lambda p=plan, n=lines: load(it, p, lines=n, seconds=SECONDS))["posts"]
        p50, p99 = (middle(runs, f"post_{p}_ms") for p in ("p50", "p99"))
        row(f"durable posts, {lines} connections", f"{middle(runs, 'per_s'):.0f}/s, "
            f"{middle(runs, 'cpu_us'):.0f} us CPU, {times(runs)}", f"{p99 / p50:.1f} x its p50",
            "p99 <= 10 x p50", p99 <= 10 * p50)
    it.stop()


def slowdisk():
    """What batches save: 128 clients, and one that waits for each flush."""
    it = server(slow=True)
    plan = posters(it, 128)
    runs = by_turns(one=lambda: alone(1, SLOW), many=lambda: alone(128, SLOW),
                    http=lambda: load(it, plan, lines=128, seconds=SECONDS))
    it.stop()
    one = middle(runs["one"], "per_s")
    row("slow disk (5 ms), one post to a flush", f"{one:.0f}/s, {times(runs['one'])}")
    for side, what in (("many", "committer alone"), ("http", "through HTTP")):
        ratio, spread = bench.compared([o["per_s"] for o in runs[side]], [o["per_s"] for o in runs["one"]])
        row(f"   128 clients, {what}", f"{middle(runs[side], 'per_s'):.0f}/s, {times(runs[side])}",
            f"{ratio:.1f} x ({spread})", ">= 32 x", ratio >= 32)


def commands(it):
    """Writes that the server has done."""
    _, body = bench.fetch(it, "/metrics")
    return int(re.search(rb"^zhitiao_commands_total (\d+)$", body, re.M).group(1))


class Background:
    """Posts at full rate for as long as the block lasts."""
    def __init__(self, it, plan, lines):
        path = os.path.join(TOP, "head.CHROME")
        self.process = subprocess.Popen(
            [os.path.join(bench.TOOLS, "load"), "-p", str(it.port), "-P", str(it.pid), "-c", str(lines),
             "-H", path, "-t", "3600"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        bench.running.append(self.process)
        self.process.stdin.write("".join(" ".join(task) + "\n" for task in plan))
        self.process.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def reads():
    """Rendered pages on the slow disk, with and without posts at full rate into the same
    talks.  A page that slept behind the disk would take 5 ms or more at its p50."""
    _, _, persons = talks()
    it = server(slow=True)
    plan = [("V", token, f"c{cid}?{bench.WHOLE}", "-") for cid, _, token in persons[:64]]
    posts = posters(it, 64)

    def quiet():                        # one line: the posts keep their share of the CPU
        return load(it, plan, lines=1, seconds=SECONDS)

    def busy():
        with Background(it, posts, 64):
            before = commands(it)
            out = quiet()
            return {**out, "posts_per_s": (commands(it) - before) / (out["wall_s"] + WARM_S)}

    runs = by_turns(quiet=quiet, busy=busy)
    it.stop()
    p99 = middle(runs["busy"], "get_p99_ms")
    row("pages while 64 post at full rate, slow disk", f"{times(runs['busy'], 'get')} beside "
        f"{middle(runs['busy'], 'posts_per_s'):.0f} posts/s (alone: {times(runs['quiet'], 'get')})",
        f"p99 {p99 / (SLOW_US / 1000):.2f} x an fsync", "p99 < 1 x", p99 < SLOW_US / 1000)
    hot_window(middle(runs["quiet"], "cpu_us"), persons)


def hot_window(page_us, persons):
    """All that newest messages kept in memory could save of a page."""
    lines = "".join(f"{cid} {uid}\n" for cid, uid, _ in persons[:64])
    out = figures(tool("inside", "read", os.path.join(talks()[0], "db"), SECONDS, stdin=lines))
    row(f"   of a page's CPU, reading {out['rows']:.0f} messages",
        f"{out['cpu_us']:.1f} of {page_us:.1f} us", f"{100 * out['cpu_us'] / page_us:.0f} %")


SECTIONS = {"committer": committer, "checkpoints": checkpoints, "clients": clients,
            "slowdisk": slowdisk, "reads": reads}
