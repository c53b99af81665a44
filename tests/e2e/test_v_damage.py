"""Bytes that changed on the disk, anywhere in tables and logs.  Whatever is read then is
what was stored, or the server ends with a line that names the file and the remedy.
ZT_DAMAGES=500 ZT_SEED=7 for more of it, and for the same again."""
import http.client
import os
import random

import pytest
import zt
from people import pair, say, texts
from test_u_faults import copy_of, no_leak_check, refused, run      # noqa: F401
from zt import BIN, Server

DAMAGES = int(os.environ.get("ZT_DAMAGES", "40"))
SEED = int(os.environ.get("ZT_SEED", random.SystemRandom().getrandbits(32)))
# What is new on each page, and what a kill may take back (at most a minute of it).
FLEETING = {"key", "asof", "self", "wait", "presence", "unread", "unread_older", "bar", "rows"}


def steady(value):
    if isinstance(value, dict):
        return {k: steady(v) for k, v in value.items() if k not in FLEETING}
    return [steady(v) for v in value] if isinstance(value, list) else value


class Kept:
    """A database two people wrote in, as it lies on the disk, and what it shows to them."""

    def __init__(self, where, killed, **options):
        """`killed`: the last of it is in the log alone; else it was stopped in order."""
        self.dir, self.options = os.path.join(where, "db"), options
        os.makedirs(self.dir)
        with open(os.path.join(self.dir, "DB_CONFIG"), "w", encoding="ascii") as f:
            f.write("set_lg_bsize 65536\nset_lg_max 524288\n")      # so that logs roll
        server = Server(dir=where, **options)
        *self.people, self.cid = pair(server)
        for n in range(60):
            say(self.people[n % 2], self.cid, f"{n} " + "x" * 1500)
        server.kill() if killed else server.stop()
        zt.started.remove(server)
        twin = Server(dir=os.path.dirname(copy_of(self.dir, os.path.join(where, "twin", "db"))))
        self.shown = self.show(twin)
        twin.fini()

    def show(self, server):
        """All that these two can see: every table is behind it."""
        out = []
        for client in self.people:
            client.close()
            client.server = server
            out.append(texts(client, self.cid))
            for href in ("/", "/f", "/o"):
                page = client.request("GET", href, extra={"Accept": "application/json"})
                assert page.status == 200, page.words
                out.append(steady(page.json))
            client.close()
        return out

    def files(self):
        """Tables and logs, and how many bytes of each are in use."""
        for name in sorted(os.listdir(self.dir)):
            path = os.path.join(self.dir, name)
            if name.endswith(".db"):
                yield name, os.path.getsize(path)
            elif name.startswith("log."):
                yield name, min(os.path.getsize(path), os.stat(path).st_blocks * 512)


@pytest.fixture(scope="module", params=["killed", "stopped"])
def kept(request, tmp_path_factory):
    where = str(tmp_path_factory.mktemp(request.param))
    # Stopped: with checkpoints, so that older logs are gone and only the tables know.
    options = {} if request.param == "killed" else {"checkpoint_kb": 64}
    os.makedirs(os.path.join(where, "twin"))
    return Kept(where, request.param == "killed", **options)


def damage(path, at, rng):
    with open(path, "r+b") as f:
        f.seek(at)
        old = f.read(rng.choice((1, 1, 8, 512)))
        f.seek(at)
        f.write(bytes(byte ^ rng.randint(1, 255) for byte in old))


def outcome(kept, server):
    """What came of it: "refused", "ended" or "unharmed"; anything else fails."""
    server.spawn()
    try:
        server.ready()
    except AssertionError:
        status = server.process.wait(30)
        assert status in (1, 3)
        return "refused" if status == 1 else "ended"
    try:
        shown = kept.show(server)
    except (OSError, http.client.HTTPException):
        assert server.process.wait(30) == 3
        return "ended"
    server.kill()
    assert shown == kept.shown
    return "unharmed"


def test_what_is_damaged_is_never_shown(kept, tmp_path):
    rng, counts = random.Random(SEED), {}
    for _ in range(DAMAGES):
        logs = rng.random() < 0.4
        name, size = rng.choice([f for f in kept.files() if f[0].startswith("log.") == logs])
        at = rng.randrange(size)
        where = os.path.dirname(copy_of(kept.dir, str(tmp_path / "db")))
        path = os.path.join(where, "db", name)
        damage(path, at, rng)
        server = Server(dir=where, start=False, **kept.options)
        try:
            result = outcome(kept, server)
            said = server.stderr()
            if result != "unharmed":
                assert (name if name.endswith(".db") else "/log.") in said, said
                assert "zhitiao restore" in said, said
            if result == "refused":
                assert len(said.splitlines()) == 1, said
            if result == "ended":
                refused(server.dir, name, "zhitiao restore")
        except AssertionError as error:
            raise AssertionError(f"seed {SEED}: {name} at {at} of {size}\n{server.stderr()}") from error
        finally:
            zt.started.remove(server)
            os.unlink(server.errlog)
        key = ("log" if name.startswith("log.") else "table", result)
        counts[key] = counts.get(key, 0) + 1
    print(f"seed {SEED}: {counts}")


# ---- the log ------------------------------------------------------------------------------

def acknowledged(directory):
    """(last log file, bytes of it) that the mark says are on disk."""
    with open(os.path.join(directory, "mark"), encoding="ascii") as f:
        number, offset, _ = f.read().split()
    return os.path.join(directory, f"log.{number}"), int(offset)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    where = str(tmp_path_factory.mktemp("log"))
    os.makedirs(os.path.join(where, "twin"))
    return Kept(where, killed=True)


@pytest.fixture
def twin(killed, tmp_path):
    """A server of its own on a copy, not started yet."""
    copy_of(killed.dir, str(tmp_path / "db"))
    server = Server(dir=str(tmp_path), start=False)
    yield server
    zt.started.remove(server)
    if server.running:
        server.kill()


def test_a_torn_end_of_the_log_is_a_power_cut_and_recovers(killed, twin):
    """What was never flushed may be there in part, or as anything."""
    log, end = acknowledged(twin.dir)
    with open(log, "r+b") as f:
        f.seek(end)
        f.write(random.Random(SEED).randbytes(5000))
    twin.start()
    assert killed.show(twin) == killed.shown


def test_a_log_that_lost_what_was_acknowledged_is_left_alone(killed, twin):
    """The library would cut the log there and go on without a word."""
    log, end = acknowledged(twin.dir)
    damage(log, end - 300, random.Random(SEED))
    before = everything(twin.dir)
    refused(twin.dir, "/log.", "zhitiao restore")
    assert run(BIN, "verify", twin.dir)[0] == 1
    copy = twin.dir + ".copy"
    assert run(BIN, "restore", twin.dir, copy)[0] == 1 and not os.path.exists(copy)
    assert everything(twin.dir) == before, "not a byte was changed"
    os.unlink(os.path.join(twin.dir, "mark"))        # the operator accepts the loss
    twin.start()
    reader = killed.people[0].copy()
    reader.server = twin
    stored = texts(reader, killed.cid)
    assert 0 < len(stored) < 60


def everything(directory):
    out = {}
    for name in sorted(os.listdir(directory)):
        if name != "control":
            with open(os.path.join(directory, name), "rb") as f:
                out[name] = f.read()
    return out


def test_a_damaged_mark_is_no_reason_to_refuse(killed, twin):
    damage(os.path.join(twin.dir, "mark"), 12, random.Random(SEED))
    twin.start()
    assert killed.show(twin) == killed.shown
    assert "/mark is damaged" in twin.stderr()


# ---- while it runs --------------------------------------------------------------------------

def test_damage_under_a_running_server_ends_it_until_the_database_is_mended(killed, twin):
    """As a supervisor sees it: 3 once, then 1 at each start, with the same line."""
    twin.start()
    twin.stop()
    path = os.path.join(twin.dir, "msg.db")
    with open(path, "rb") as f:
        whole = f.read()
    twin.start()
    rng = random.Random(SEED)
    for page in range(1, len(whole) // 8192):
        damage(path, page * 8192 + 100, rng)
    with pytest.raises((OSError, http.client.HTTPException)):
        killed.show(twin)
    assert twin.process.wait(30) == 3
    assert ") is damaged: stop, then: zhitiao restore" in twin.stderr()
    for _ in range(2):
        refused(twin.dir, "/msg.db (page ", ") is damaged: stop, then: zhitiao restore")
    assert run(BIN, "verify", twin.dir)[0] == 1
    refused(twin.dir, "/msg.db (page ")
    with open(path, "r+b") as f:
        f.write(whole)
    assert run(BIN, "verify", twin.dir)[0] == 0
    twin.start()
    assert killed.show(twin) == killed.shown


def test_a_backup_notices_damage_that_nobody_has_read(killed, twin, tmp_path):
    twin.start()
    twin.stop()
    path, copy = os.path.join(twin.dir, "msg.db"), str(tmp_path / "copy")
    twin.start()
    damage(path, os.path.getsize(path) - 4000, random.Random(SEED))
    backup = twin.ctl("backup", copy, ok=False)
    assert backup.returncode != 0
    assert "msg.db" in twin.stderr(), twin.stderr()
    assert not os.path.exists(copy), "no copy that is worth nothing"
