"""The soak: people who read, wait, think and write for as long as it is told to, over real
HTTP with holds, in one epoll loop.  A line of figures for each window, then whether
memory, CPU of a page and bytes of a page stayed flat, and whether any message was lost
or doubled: every text that was acknowledged is looked for in the pages of its talk.

    soak.py [MINUTES=30] [PEOPLE=2000]        (make soak)
"""
import heapq
import html
import json
import os
import random
import re
import select
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import zt                                                           # noqa: E402
from browser import PRESETS                                         # noqa: E402

MINUTES = float(os.environ.get("MINUTES", "30"))
PEOPLE = int(os.environ.get("PEOPLE", "2000"))
WINDOWS = max(6, round(MINUTES / 5))
BEFORE = 10                  # messages of each before the clock runs: full pages
THINK_S, TYPE_S = 30, 3      # means
HEAD = "".join(f"{n}: {v}\r\n" for n, v in {**PRESETS["CHROME"]["headers"], "Accept-Language": "en"}.items())
MARK = re.compile(rb"#(\d+)\.(\d+)!")
NEXT = re.compile(rb'content="0;url=([^"]*)"')
KEY = re.compile(rb'name="k"\s+value="([^"]+)"')


class Loop:
    """Connections, timers and what is counted."""

    def __init__(self, port):
        self.port, self.poll, self.wires, self.timers, self.number = port, select.epoll(), {}, [], 0
        self.pages = self.posts = self.failed = self.cut = 0
        self.talks = self.talk_bytes = 0     # pages of talks alone
        self.news, self.sent_at = [], {}

    def after(self, seconds, call):
        self.number += 1
        heapq.heappush(self.timers, (time.monotonic() + seconds, self.number, call))

    def turn(self):
        now = time.monotonic()
        while self.timers and self.timers[0][0] <= now:
            heapq.heappop(self.timers)[2]()
        rest = self.timers[0][0] - now if self.timers else 0.1
        for fd, _ in self.poll.poll(max(0, min(0.1, rest)), 512):
            if fd in self.wires:
                self.wires[fd].ready()


class Wire:
    """One keep-alive line of a person; a request that is cut is sent again."""

    def __init__(self, loop, token):
        self.loop, self.token, self.sock, self.data, self.then = loop, token, None, b"", None

    def ask(self, path, then, body=None):
        port = self.loop.port
        form = "" if body is None else (
            f"Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n")
        self.request = (f"{'GET' if body is None else 'POST'} /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                        f"{HEAD}Cookie: z={self.token}\r\n{form}\r\n{body or ''}").encode()
        self.then = then
        self.send()

    def send(self):
        self.data = b""
        if self.sock is None:
            self.sock = socket.create_connection(("127.0.0.1", self.loop.port))
            self.sock.setblocking(False)
            self.loop.wires[self.sock.fileno()] = self
            self.loop.poll.register(self.sock, select.EPOLLIN)
        self.sock.send(self.request)

    def close(self):
        if self.sock is not None:
            self.loop.poll.unregister(self.sock)
            del self.loop.wires[self.sock.fileno()]
            self.sock.close()
        self.sock = None

    def ready(self):
        try:
            part = self.sock.recv(65536)
        except OSError:
            part = b""
        if not part:
            self.close()
            if self.then:                        # an idle line may end, one that waits not
                self.loop.cut += bool(self.data)
                self.send()
            return
        self.data += part
        top, mark, body = self.data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", top)
        if not mark or len(body) < (int(length.group(1)) if length else 0):
            return
        self.loop.pages += 1
        if re.search(rb"(?i)\nconnection: close", top):
            self.close()
        then, self.then = self.then, None
        then(int(top[9:12]), body)


class Person:
    def __init__(self, loop, cid, uid, token):
        self.loop, self.cid, self.uid = loop, cid, uid
        self.watching, self.acting = Wire(loop, token), Wire(loop, token)
        self.sent, self.acknowledged, self.seen, self.over = 0, [], 0, False

    # ---- waiting and reading
    def watch(self, path=None):
        self.watching.ask(path or f"c{self.cid}?v=log", self.read)

    def read(self, status, body):
        now, after = time.monotonic(), NEXT.search(body)
        self.loop.talks += 1
        self.loop.talk_bytes += len(body)
        for uid, n in MARK.findall(body):
            if int(uid) != self.uid and int(n) > self.seen:
                due = self.loop.sent_at.pop((int(uid), int(n)), None)
                if due:
                    self.loop.news.append(now - due)
        self.seen = max([self.seen] + [int(n) for uid, n in MARK.findall(body) if int(uid) != self.uid])
        if status != 200 or not after:
            self.loop.failed += 1
            self.loop.after(5, self.watch)
            return
        self.watch(html.unescape(after.group(1).decode()))

    # ---- thinking and writing
    def think(self):
        self.loop.after(random.expovariate(1 / THINK_S), self.look)

    def look(self):
        if not self.over:
            self.acting.ask(random.choice(["", "f"]), lambda *_: self.write(self.think))

    def write(self, then):
        self.then = then
        self.acting.ask(f"c{self.cid}?v=form", self.type)

    def type(self, status, body):
        key = KEY.search(body)
        if status != 200 or not key:
            self.loop.failed += 1
            self.then()
            return
        self.sent += 1
        self.form = f"k={key.group(1).decode()}&e=%E4%B8%AD&m=%23{self.uid}.{self.sent}%21+as+people+write"
        self.loop.after(random.expovariate(1 / TYPE_S) if self.then == self.think else 0, self.post)

    def post(self):
        self.loop.sent_at[self.uid, self.sent] = time.monotonic()
        self.acting.ask(f"c{self.cid}", self.posted, self.form)

    def posted(self, status, body):
        self.loop.posts += 1
        if status == 303 or b"already sent" in body:
            self.acknowledged.append(f"#{self.uid}.{self.sent}!")
        else:
            self.loop.failed += 1
        self.then()


# ---- phases -------------------------------------------------------------------------------

def fill(top):
    tool = os.path.join(os.path.dirname(zt.BIN), "bench", "inside")
    pairs = str(PEOPLE // 2)
    run = subprocess.run([tool, "fill", os.path.join(top, "db"), pairs, pairs, "20"], text=True,
                         stdout=subprocess.PIPE, check=True)
    return [line.split() for line in run.stdout.splitlines()]


def first_messages(loop, people):
    """So that pages are as long as they will be."""
    left = {person: BEFORE for person in people}

    def again(person):
        def then():
            left[person] -= 1
            if left[person]:
                person.write(then)
            else:
                del left[person]
        return then
    for number, person in enumerate(people):
        loop.after(number / 1000, lambda person=person: person.write(again(person)))
    while left:
        loop.turn()
    loop.sent_at.clear()


def server_now(it):
    with open(f"/proc/{it.pid}/status") as f:
        rss = int(next(line for line in f if line.startswith("VmRSS:")).split()[1]) / 1024
    return rss, time.clock_gettime(~it.pid << 3 | 2)


def window(loop, it, seconds):
    """One row of figures."""
    loop.news, end = [], time.monotonic() + seconds
    pages, posts, cpu = loop.pages, loop.posts, server_now(it)[1]
    loop.talks = loop.talk_bytes = 0
    while time.monotonic() < end:
        loop.turn()
    rss, now = server_now(it)
    pages, news = max(1, loop.pages - pages), sorted(loop.news) or [0]
    return {"rss": rss, "pages": pages, "cpu": 1e6 * (now - cpu) / pages,
            "bytes": loop.talk_bytes / max(1, loop.talks), "posts": loop.posts - posts, "p50": news[len(news) // 2],
            "p99": news[len(news) * 99 // 100], "held": it.held()}


def say(number, row):
    print(f"{number:>3} {row['rss']:>9.1f} {row['held']:>6} {row['pages']:>8} {row['cpu']:>9.0f} "
          f"{row['bytes']:>10.0f} {row['posts']:>7} {1000 * row['p50']:>8.0f} {1000 * row['p99']:>8.0f}", flush=True)


def stored(it, person):
    """All marks of a talk, as its pages say."""
    out, href = [], f"c{person.cid}"
    while href:
        data = (f"GET /{href} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n"
                f"Cookie: z={person.acting.token}\r\n\r\n").encode()
        page = json.loads(it.raw(data).partition(b"\r\n\r\n")[2])
        for line in page["lines"]:
            out += re.findall(r"#\d+\.\d+!", "".join(part.get("text", "") for part in line["parts"]))
        href = page.get("older")
    return out


def account(it, people):
    """(lost, doubled, all) over every talk."""
    lost = doubled = total = 0
    for one, other in zip(people[::2], people[1::2]):
        there = stored(it, one)
        total += len(there)
        doubled += len(there) - len(set(there))
        lost += len(set(one.acknowledged + other.acknowledged) - set(there))
    return lost, doubled, total


def mean(rows, name):
    return sum(row[name] for row in rows) / len(rows)


def verdict(rows, loop, books):
    third = max(1, len(rows) // 3)
    first, last = rows[1:1 + third], rows[-third:]
    lost, doubled, total = books
    checks = [(f"{what} {mean(first, name):.0f} -> {mean(last, name):.0f}",
               mean(last, name) <= most * mean(first, name) + more) for what, name, most, more in (
                   ("memory, MB", "rss", 1.1, 4), ("CPU of a page, us", "cpu", 1.25, 0),
                   ("bytes of a talk's page", "bytes", 1.05, 0))]
    checks += [(f"{lost} lost, {doubled} doubled of {total}", lost == doubled == 0),
               (f"{loop.failed} failed, {loop.cut} cut", loop.failed == loop.cut == 0)]
    for what, good in checks:
        print(f"{'flat' if good else 'NOT'}: {what}")
    print("the soak is", "passed" if all(good for _, good in checks) else "NOT passed")
    return all(good for _, good in checks)


def main():
    with tempfile.TemporaryDirectory(prefix="zt-soak.", dir=os.environ.get("BENCH_DIR")) as top:
        persons = fill(top)
        # A small cache is full soon: what grows afterwards is not the database.
        it = zt.Server(dir=top, test_clock=None, cache_mb=16)
        it.pid = it.process.pid
        try:
            good = soak(it, persons)
        finally:
            it.stop(120)
    return 0 if good else 1


def soak(it, persons):
    loop = Loop(it.port)
    people = [Person(loop, int(cid), int(uid), token) for cid, uid, token in persons]
    first_messages(loop, people)
    for person in people:
        person.watch()
        person.think()
    print(f"{len(people)} people, {MINUTES:g} minutes, {WINDOWS} windows\n"
          "  n  memory MB   held    pages  CPU us/p bytes/talk   posts   p50 ms   p99 ms")
    rows = []
    for number in range(WINDOWS):
        rows.append(window(loop, it, 60 * MINUTES / WINDOWS))
        say(number + 1, rows[-1])
    for person in people:
        person.over = True
    end = time.monotonic() + 30
    while any(p.acting.then or p.sent > len(p.acknowledged) for p in people) and time.monotonic() < end:
        loop.turn()
    for person in people:
        person.watching.close()
        person.acting.close()
    return verdict(rows, loop, account(it, people))


sys.exit(main())
