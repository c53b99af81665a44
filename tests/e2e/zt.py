"""The server under test: a process of its own with an empty directory, on a free
port, which tests can kill, restart on the same data and ask through its control
socket.  Everything a test needs is imported from here."""
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from browser import Client, Held                                   # noqa: F401
from page import Form, Link, Page                                  # noqa: F401

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BIN = os.environ.get("ZHITIAO", os.path.join(ROOT, "build", "zhitiao"))
START_S = float(os.environ.get("ZT_START_S", "30"))
# What every test server runs with; a test overrides by keyword.
OPTIONS = {"test_clock": 1}


def _sanitized():
    try:
        with open(BIN, "rb") as f:
            program = f.read()
            return b"__asan_" in program or b"__tsan_" in program
    except FileNotFoundError:
        return False


SANITIZED = _sanitized()
started = []      # servers of the test that is running, for its report


def wait_until(what, test, deadline_s=30):
    """Polls until test() is true; for what other processes do in their own time."""
    end = time.monotonic() + deadline_s
    while True:
        value = test()
        if value:
            return value
        assert time.monotonic() < end, f"not within {deadline_s} s: {what}"
        time.sleep(0.02)


class Server:
    audited = True       # a test that breaks the database itself says False

    def __init__(self, listen="127.0.0.1:0", dir=None, prefix=(), start=True, **options):
        self.own = dir is None
        self.top = dir or tempfile.mkdtemp(prefix="zt.")
        self.dir = os.path.join(self.top, "db")
        self.errlog = os.path.join(self.top, "stderr")
        self.listen, self.prefix = listen, list(prefix)
        self.options = {**OPTIONS, **options}
        self.process = None
        started.append(self)
        if start:
            self.start()

    def command(self):
        argv = self.prefix + [BIN, "serve", "-d", self.dir, "-l", self.listen]
        for name, value in self.options.items():
            if value is not None:
                argv += ["-o", f"{name}={value}"]
        return argv

    def start(self):
        self.spawn()
        return self.ready()

    def spawn(self):
        assert os.path.exists(BIN), f"{BIN} is missing: run make"
        with open(self.errlog, "ab") as err:
            self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=err,
                                            cwd=ROOT)

    def ready(self):
        """Waits for the line that says so."""
        line = self._first_line()
        prefix = "zhitiao: listening on http://"
        assert line.startswith(prefix) and line.endswith("/"), f"{line!r}\n{self.stderr()}"
        address = line[len(prefix):-1]
        self.host, _, port = address.rpartition(":")
        self.port = int(port)
        return self

    def _first_line(self):
        out, end, line = self.process.stdout, time.monotonic() + START_S, b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([out], [], [], max(0, end - time.monotonic()))
            byte = os.read(out.fileno(), 1) if ready else b""
            if not byte:
                break
            line += byte
        return line.decode().rstrip("\n")

    def stderr(self):
        with open(self.errlog, errors="replace") as f:
            return f.read()

    # ---- ends --------------------------------------------------------------
    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Like a power cut for the process: nothing of it runs any more."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self, deadline_s=60):
        """SIGTERM: must answer all, write all and exit 0."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(deadline_s)
        self.process.stdout.close()
        assert code == 0, f"exit {code} after SIGTERM\n{self.stderr()}"

    def restart(self):
        """On the same directory and the same port, as an operator does."""
        if self.running:
            self.stop()
        self.listen = f"{self.host}:{self.port}"
        return self.start()

    def fini(self):
        if self in started:
            started.remove(self)
        try:
            if self.running:
                self.stop()
        finally:
            if self.running:
                self.kill()
            log, faults = self.stderr(), self.faults()
            if self.own:
                shutil.rmtree(self.top, ignore_errors=True)
        assert "Sanitizer" not in log and "runtime error" not in log, log
        assert "ssertion" not in log, log
        assert not faults, faults

    def faults(self):
        """What the auditor finds in the database that a test leaves."""
        if not self.audited or not os.path.exists(os.path.join(self.dir, "meta.db")):
            return ""
        audit = subprocess.run([BIN, "verify", self.dir], text=True, timeout=120, check=False,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return audit.stdout if audit.returncode else ""

    # ---- control socket ------------------------------------------------------
    def ctl(self, *args, ok=True, stdin=None):
        run = subprocess.run([BIN, args[0], "-d", self.dir, *map(str, args[1:])], text=True,
                             input=stdin, capture_output=True, timeout=60, check=False)
        assert not ok or run.returncode == 0, f"{args}: {run.stdout}{run.stderr}"
        return run

    def advance(self, ms):
        """Moves the server's clocks forward."""
        self.ctl("clock", "advance", ms)

    def status(self, name):
        """A number of `zhitiao status`."""
        for line in self.ctl("status").stdout.splitlines():
            words = line.replace(":", " ").replace("=", " ").split()
            if len(words) >= 2 and words[0] == name:
                return int(words[1])
        raise AssertionError(f"status does not say how many are {name}")

    def held(self):
        """How many requests are held now."""
        return self.status("held")

    def wait_held(self, n=1, deadline_s=30):
        wait_until(f"{n} held", lambda: self.held() >= n, deadline_s)

    # ---- clients -------------------------------------------------------------
    def client(self, preset="CHROME", **kw):
        return Client(self, preset, **kw)

    def raw(self, data, deadline_s=30, half_close=False):
        """Bytes in, bytes out until the server closes or the reply is whole."""
        with socket.create_connection((self.host, self.port), timeout=deadline_s) as sock:
            sock.sendall(data)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
            out = b""
            while True:
                try:
                    part = sock.recv(65536)
                except ConnectionResetError:
                    return out
                if not part:
                    return out
                out += part
                if whole(out):
                    return out


def whole(reply):
    head, mark, body = reply.partition(b"\r\n\r\n")
    if not mark:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False
