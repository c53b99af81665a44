"""The moments at which the server is killed.  It says at log level debug when recovery,
a checkpoint, a backup and the closing begin and end; each kill waits for the beginning
and strikes a random while later.  A kill counts as a hit when the end was not reached."""
import os
import subprocess
import time

MARK_S = 60
SPIN_S = 0.0002


class Marks:
    """What the server's log says from here on."""

    def __init__(self, server):
        self.server = server
        self.at = os.path.getsize(server.errlog) if os.path.exists(server.errlog) else 0

    def text(self):
        with open(self.server.errlog, "rb") as f:
            f.seek(self.at)
            return f.read().decode(errors="replace")

    def wait(self, mark):
        """False: the server ended first."""
        end = time.monotonic() + MARK_S
        while mark not in self.text():
            if not self.server.running:
                return mark in self.text()
            assert time.monotonic() < end, f"never came: {mark}"
            time.sleep(SPIN_S)               # between two looks at the log
        return True

    def inside(self, what):
        """Did the log end between beginning and end?"""
        text = self.text()
        return text.count(what + " begins") > text.count(what + " ends")


def strike(server, within_s, rng):
    """Lets it go on for a random while, then kills it."""
    end = time.monotonic() + rng.uniform(0, within_s)
    while time.monotonic() < end and server.running:
        time.sleep(SPIN_S)
    server.kill()


def running(server, rng):
    """Amid what people write."""
    strike(server, 0.03, rng)
    return True


def checkpoint(server, rng):
    marks = Marks(server)
    marks.wait("checkpoint begins")
    strike(server, 0.002, rng)
    return marks.inside("checkpoint")


def backup(server, rng):
    """The copy is half there, or its audit is under way."""
    marks, copy = Marks(server), os.path.join(server.top, f"copy{rng.getrandbits(40):x}")
    order = subprocess.Popen([server.program, "backup", "-d", server.dir, copy],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        marks.wait("backup begins")
        strike(server, 0.12, rng)
    finally:
        status = order.wait(MARK_S)
    if status == 0:
        server.copies.append(copy)           # it was told "done": the copy must be good
    return marks.inside("backup")


def shutdown(server, rng):
    server.process.terminate()
    strike(server, 0.02, rng)
    return server.process.returncode < 0     # else it had ended


def recovery(server, rng):
    """Killed amid what people write, and then while it recovers; perhaps again."""
    running(server, rng)
    hit = False
    while not hit or rng.random() < 0.3:
        marks = Marks(server)
        server.spawn()
        marks.wait("recovery begins")
        strike(server, 0.03, rng)
        hit = hit or marks.inside("recovery")
    return hit


def first_start(server, rng):
    """Amid making the database; not a moment of a round, it comes before them."""
    marks = Marks(server)
    server.spawn()
    marks.wait("recovery begins")
    end = time.monotonic() + rng.uniform(0, 0.1)
    while time.monotonic() < end:
        time.sleep(SPIN_S)
    server.process.kill()
    said = server.process.stdout.read()
    server.kill()
    return b"listening" not in said


MOMENTS = {f.__name__: f for f in (running, recovery, checkpoint, backup, shutdown)}
