"""Sections of the bench with thousands of connections at once: a notice that touches
everybody who waits, and hostile clients beside ordinary ones.  One epoll loop; what is
timed is the arrival of a reply's first bytes."""
import re
import select
import socket
import struct
import subprocess
import threading
import time

RAMPING = 64
WAIT = re.compile(rb'["=]([^"=]*[?&](?:amp;)?(?:v=log&(?:amp;)?)?w=[^"]*)"')


class Waiter:
    """A connection that asks for a page and then waits on it."""
    def __init__(self, crowd, token, path):
        self.crowd, self.token, self.path = crowd, token, path
        self.held, self.data, self.answered = False, b"", None
        self.sock = socket.create_connection(("127.0.0.1", crowd.port))
        self.sock.setblocking(False)
        self.ask(path)

    def ask(self, path):
        self.sock.send(f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.crowd.port}\r\n"
                       f"{self.crowd.head}Cookie: z={self.token}\r\n\r\n".encode())

    def ready(self):
        part = self.sock.recv(65536)
        if self.held:
            self.answered = self.answered or time.monotonic()
            self.crowd.got += not self.data
        self.data += part
        if not part:
            raise ConnectionError("closed")
        if self.held or not whole(self.data):
            return
        wait = WAIT.search(self.data).group(1).replace(b"&amp;", b"&").decode()
        self.data, self.held = b"", True
        self.crowd.ramping -= 1
        self.ask(wait)


def whole(data):
    top, mark, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", top)
    return bool(mark) and length is not None and len(body) >= int(length.group(1))


class Crowd:
    def __init__(self, port, head, plan):
        self.port, self.head, self.plan = port, head, list(plan)
        self.poll, self.by_fd = select.epoll(), {}
        self.ramping = self.got = self.lost = 0

    def turn(self, timeout):
        for fd, _ in self.poll.poll(timeout, 512):
            try:
                self.by_fd[fd].ready()
            except OSError:
                self.poll.unregister(fd)
                self.lost += 1

    def gather(self):
        """Until all of them wait."""
        while self.plan or self.ramping:
            while self.plan and self.ramping < RAMPING:
                waiter = Waiter(self, *self.plan.pop())
                self.by_fd[waiter.sock.fileno()] = waiter
                self.poll.register(waiter.sock, select.EPOLLIN)
                self.ramping += 1
            self.turn(0.1)

    def answers(self, deadline_s):
        """Until all are answered; the times from now on, sorted."""
        begun = time.monotonic()
        while self.got + self.lost < len(self.by_fd) and time.monotonic() - begun < deadline_s:
            self.turn(0.1)
        return sorted(w.answered - begun for w in self.by_fd.values() if w.answered)

    def close(self):
        for waiter in self.by_fd.values():
            waiter.sock.close()


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("inf")


def pages_meanwhile(bench, it, persons, seconds):
    """Ordinary people's pages at 50 a second, in a process of their own; call for the result."""
    out = {}
    plan = [("V", token, f"c{cid}", "-") for cid, _, token in persons]
    thread = threading.Thread(target=lambda: out.update(
        bench.load(it, plan, lines=16, seconds=seconds, r=50, u=0.1)))
    thread.start()

    def result():
        thread.join()
        return out
    return result


def notice(bench, wanted):
    top, _, persons = bench.community()
    it = bench.server(top, hold_s=300, hold_max_s=300)
    plan = [(token, f"c{cid}?v=log") for cid, _, token in persons[:(wanted + 1) // 2] for _ in range(2)]
    crowd = Crowd(it.port, bench.head(), plan[:wanted])
    crowd.gather()
    held = it.held()
    result = pages_meanwhile(bench, it, persons[-64:], 6)
    time.sleep(1)
    subprocess.run([bench.zt.BIN, "notice", "-d", it.dir, "down tonight from two to three"], check=True)
    cpu = cpu_s(it)
    times = crowd.answers(60)
    cpu = cpu_s(it) - cpu
    out = result()
    p99, get = percentile(times, 0.99), out.get("get_p99_ms", 1e9)
    bench.row(f"a notice to {held:,} who wait", f"{len(times):,} answered, {crowd.lost} lost, p50 "
              f"{percentile(times, 0.5):.2f} s, p99 {p99:.2f} s, {cpu:.2f} s CPU in all", "",
              "all, p99 < 2 s", len(times) == held and p99 < 2)
    bench.row("   others' pages meanwhile", f"p50 {out.get('get_p50_ms', 0):.1f} ms, p99 {get:.0f} ms, "
              f"{out['failed']:.0f} of {out['requests']:.0f} failed", "", "p99 < 500 ms",
              get < 500 and out["failed"] == 0)
    crowd.close()
    it.stop(120)


# ---- hostile clients ----------------------------------------------------------------------

def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def hang_up(it, n):
    """Thousands that come and go at once, with half a request or none."""
    for number in range(n):
        sock = socket.create_connection(("127.0.0.1", it.port))
        if number % 2:
            sock.send(b"GET / HTTP/1.1\r\nHo")
        reset(sock)


def linger(it, n, say):
    socks = []
    for _ in range(n):
        sock = socket.create_connection(("127.0.0.1", it.port))
        sock.setblocking(False)
        try:
            sock.send(say)
        except BlockingIOError:
            pass
        socks.append(sock)
    return socks


def cpu_s(it):
    return time.clock_gettime(~it.pid << 3 | 2)


def resident_mb(it):
    with open(f"/proc/{it.pid}/status") as f:
        return int(next(line for line in f if line.startswith("VmRSS:")).split()[1]) / 1024


def hostile(bench):
    top, _, persons = bench.community()
    get = f"GET / HTTP/1.1\r\nHost: x\r\n{bench.head()}\r\n".encode()
    kinds = [
        ("5,000 hang up at once", lambda it: hang_up(it, 5000)),
        ("2,000 half open", lambda it: linger(it, 2000, b"GET / HTTP/1.1\r\nHost: x\r\nX: ")),
        ("2,000 never read", lambda it: linger(it, 2000, get * 50)),
        ("2,000 forms that never end", lambda it: linger(
            it, 2000, b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=")),
    ]
    it = bench.server(top)
    bench.load(it, [("G", t, f"c{c}", "-") for c, _, t in persons[-64:]], n=64, lines=16)
    result = pages_meanwhile(bench, it, persons[-64:], 6)
    out = result()
    bench.row("others' pages, nobody hostile", f"p50 {out['get_p50_ms']:.1f} ms, p99 "
              f"{out['get_p99_ms']:.1f} ms")
    for what, begin in kinds:
        before = resident_mb(it)
        result = pages_meanwhile(bench, it, persons[-64:], 6)
        kept = begin(it)
        out = result()
        grown = resident_mb(it) - before
        bench.row(f"   {what}", f"p50 {out['get_p50_ms']:.1f} ms, p99 {out['get_p99_ms']:.1f} ms, "
                  f"{out['failed']:.0f} failed, {grown:+.1f} MB", "", "none fails, < 32 MB",
                  out["failed"] == 0 and grown < 32)
        for sock in kept or []:
            sock.close()
    it.stop(120)
