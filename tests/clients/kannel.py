"""Kannel's bearerbox and wapbox, started for one test on an address of its own:
a network namespace where that is permitted (WSP's ports are fixed), otherwise
a random address of the loopback net."""
import contextlib
import ctypes
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from email.message import Message

import pytest
from zt import Client, Held, Page, wait_until

import wsp

CLONE_NEWNET = 0x40000000
CONFIG = """
group = core
admin-port = {admin}
admin-password = x
admin-interface = 127.0.0.1
wapbox-port = {box}
wdp-interface-name = "{address}"
box-allow-ip = "127.0.0.1"
udp-allow-ip = "127.*.*.*"
log-file = "{dir}/bearerbox.log"
store-file = "{dir}/store"

group = wapbox
bearerbox-host = 127.0.0.1
timer-freq = 1
wml-strict = yes
log-file = "{dir}/wapbox.log"
"""
NEEDED = {"/usr/sbin/bearerbox": "kannel", "/usr/sbin/wapbox": "kannel",
          "/usr/bin/wbxml2xml": "libwbxml2-utils", "/usr/bin/xmllint": "libxml2-utils"}


def need(programs):
    """A missing program is a failure that says what to install."""
    missing = sorted({package for path, package in programs.items() if not os.path.exists(path)})
    assert not missing, "apt install " + " ".join(missing)


@contextlib.contextmanager
def own_network():
    """This thread, and what it starts, in a network of its own with only loopback."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    entered = libc.unshare(CLONE_NEWNET) == 0
    try:
        if entered:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield entered
    finally:
        if entered:
            assert libc.setns(before, CLONE_NEWNET) == 0
        os.close(before)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Gateway:
    def __init__(self):
        need(NEEDED)
        self.dir = tempfile.mkdtemp(prefix="zt.kannel.")
        self.address = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}"
        self.config = os.path.join(self.dir, "k.conf")
        self.running = []
        admin, box = free_port(), free_port()
        with open(self.config, "w") as f:
            f.write(CONFIG.format(admin=admin, box=box, address=self.address, dir=self.dir))
        self._run("/usr/sbin/bearerbox", "-v", "4")
        wait_until("bearerbox runs", lambda: "entering mainloop" in self.log("bearerbox"))
        self._run("/usr/sbin/wapbox", "-v", "4")
        wait_until("wapbox connected", lambda: "boxc_sender) maps" in self.log("bearerbox"))

    def _run(self, program, *args):
        with open(os.path.join(self.dir, "out"), "ab") as out:
            self.running.append(subprocess.Popen([program, *args, self.config], cwd=self.dir,
                                                 stdout=out, stderr=out))

    def log(self, name):
        path = os.path.join(self.dir, f"{name}.log")
        if not os.path.exists(path):
            return ""
        with open(path, errors="replace") as f:
            return f.read()

    def close(self):
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def decode(wbxml):
    """The deck as the phone has it in memory."""
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "deck.wbxml")
        with open(path, "wb") as f:
            f.write(wbxml)
        run = subprocess.run(["wbxml2xml", "-k", "-o", "-", path], capture_output=True, check=False)
        assert run.stdout, f"wbxml2xml: {run.stderr!r} for {wbxml[:80]!r}"
        return run.stdout


class DeckPage(Page):
    """A compiled deck: "$$" is a dollar already, a variable has its conversion named."""

    def wml(self, text):
        return re.sub(r"\$\((\w+):\w+\)", lambda m: self.variables.get(m.group(1), ""), text)


class Phone(Client):
    """A WML browser behind the gateway; `session` chooses port 9201, else 9200."""

    def __init__(self, gateway, server, session=True, lang="en"):
        super().__init__(server, "NOKIA7110", lang=lang)
        headers = [("Accept", "application/vnd.wap.wmlc"), ("Accept", "image/vnd.wap.wbmp"),
                   ("Accept-Charset", "utf-8"), ("Accept-Language", lang),
                   ("User-Agent", "Nokia7110/1.0 (05.01)")]
        self.wap = (wsp.Session if session else wsp.Connectionless)(gateway.address, headers)
        self.largest = 0          # bytes of the largest compiled deck seen

    def request(self, method, url, body=None, extra=None, check=True):
        reply = self.wap.fetch(self.origin + url, body if method == "POST" else None,
                               wsp.FORM_TYPE)
        headers = Message()
        for name, value in reply.headers.items():
            headers[name] = value
        content, kind = reply.body, reply.headers.get("Content-Type", "")
        if kind == "application/vnd.wap.wmlc":
            assert content[0] == 1, f"WBXML version {content[0]}, not 1.1"
            self.largest = max(self.largest, len(content))
            assert len(content) <= 1200, f"{len(content)} bytes compiled at {url}"
            content = decode(content)
            headers.replace_header("Content-Type", "text/vnd.wap.wml; charset=utf-8")
            if check:
                for secret in self.secrets:
                    assert secret.encode() not in content, url
        elif reply.status not in (301, 302, 303):
            raise AssertionError(f"{reply.status} {kind!r} at {url}: the phone shows nothing of it")
        return DeckPage(url, reply.status, headers, content, self.variables)

    def hold(self, href):
        return Held(self, self.resolve(href), own_connection=False)

    def close(self):
        self.wap.close()


@pytest.fixture
def gateway():
    with own_network():
        gate = Gateway()
        try:
            yield gate
        finally:
            gate.close()
