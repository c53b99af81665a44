"""What one machine can do to the store: directories it may not use, tables that are
gone, a disk that is full.  The server says one line and ends, or goes on as well as it can."""
import http.client
import os
import random
import shutil
import subprocess

import pytest
import zt
from people import fresh_name, message_form, pair, say, somebody_else, talk, texts
from words import T
from zt import BIN, Server, wait_until

NOBODY = 65534
SEED = int(os.environ.get("ZT_SEED", random.SystemRandom().getrandbits(32)))


@pytest.fixture(autouse=True, scope="module")
def no_leak_check():
    """The library forgets some of its memory when an opening fails."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
        yield


def run(*args, deadline_s=60):
    """A program that must end by itself: (status, what it said on stderr)."""
    ended = subprocess.run(args, capture_output=True, text=True, timeout=deadline_s, check=False)
    return ended.returncode, ended.stderr


def serve(directory, *before):
    return run(*before, BIN, "serve", "-d", directory, "-l", "127.0.0.1:0")


def refused(directory, *words, before=()):
    """The start ends with 1 and one line that has these words."""
    status, said = serve(directory, *before)
    assert status == 1, said
    assert len(said.splitlines()) == 1, said
    for word in (directory, *words):
        assert word in said, (word, said)


def verified(directory):
    ended = subprocess.run([BIN, "verify", directory], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return True


def copy_of(directory, where):
    """A log file is mostly a hole; the socket stays behind."""
    shutil.rmtree(where, ignore_errors=True)
    subprocess.run(["cp", "-r", "--sparse=always", directory, where], check=True)
    return where


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A database with something in it, stopped in order."""
    server = Server(dir=str(tmp_path_factory.mktemp("stopped")))
    one, _, cid = pair(server)
    say(one, cid, "hello")
    server.stop()
    zt.started.remove(server)
    return server.dir


@pytest.fixture
def database(stopped, tmp_path):
    return copy_of(stopped, str(tmp_path / "db"))


# ---- directories ---------------------------------------------------------------------

def as_nobody():
    return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def give_to_nobody(path):
    """All of it, and a way to it: pytest's directories are closed to others."""
    for folder, _, names in os.walk(path):
        for name in ("", *names):
            os.chown(os.path.join(folder, name), NOBODY, NOBODY)


@pytest.fixture
def open_dir():
    path = subprocess.run(["mktemp", "-d", "/tmp/zt.XXXXXXXX"], capture_output=True, text=True,
                          check=True).stdout.strip()
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path)


def test_a_directory_of_somebody_else(database, open_dir):
    foreign = copy_of(database, os.path.join(open_dir, "db"))
    refused(foreign, "Permission denied", "must belong to the user", before=as_nobody())


def test_a_file_of_somebody_else(database, open_dir):
    mixed = copy_of(database, os.path.join(open_dir, "db"))
    give_to_nobody(mixed)
    os.chown(os.path.join(mixed, "msg.db"), 0, 0)
    refused(mixed, "/msg.db", "Permission denied", "must belong to the user", before=as_nobody())


def test_a_directory_that_cannot_be_made(open_dir):
    refused(os.path.join(open_dir, "db"), "Permission denied", "must belong", before=as_nobody())


def test_a_directory_that_cannot_be_written_to(database, open_dir):
    closed = copy_of(database, os.path.join(open_dir, "db"))
    give_to_nobody(closed)
    os.unlink(os.path.join(closed, "lock"))
    os.chmod(closed, 0o555)
    refused(closed, "Permission denied", "must belong", before=as_nobody())


def test_a_file_system_that_is_read_only(database, tmp_path):
    where = str(tmp_path / "mounted")
    os.mkdir(where)
    subprocess.run(["mount", "--bind", database, where], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", where], check=True)
        refused(where, "Read-only file system", "choose a directory")
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def test_a_directory_that_is_a_file(tmp_path):
    (tmp_path / "db").write_text("x")
    refused(str(tmp_path / "db"))


def test_a_second_server_on_one_directory(server):
    refused(server.dir, "in use by another process", "stop it")
    assert server.client().get("/").status == 200, "the first goes on"


# ---- what must be there -----------------------------------------------------------------

@pytest.mark.parametrize("table", ["meta", "user", "msg", "expiry"])
def test_a_table_that_is_gone(database, table):
    os.unlink(os.path.join(database, table + ".db"))
    refused(database, f"/{table}.db is missing", "zhitiao restore")
    refused(database, f"/{table}.db is missing")        # it has not made an empty one


def test_logs_that_are_gone(database):
    for name in os.listdir(database):
        if name.startswith("log."):
            os.unlink(os.path.join(database, name))
    refused(database, "/log.", "zhitiao restore")


def test_tables_without_their_logs_are_never_written(database, tmp_path):
    """Nothing tells that there were logs until a page that is newer is written."""
    for name in os.listdir(database):
        if name.startswith("log.") or name == "mark":
            os.unlink(os.path.join(database, name))
    server = Server(dir=str(tmp_path))
    client = server.client()
    client.get("register")
    with pytest.raises((OSError, http.client.HTTPException)):
        while True:
            client.submit(client.page.form(to="register", typed="name"), name=fresh_name(),
                          password="12345678x")
            client.cookies.clear()
            client.get("register")
    assert server.process.wait(30) == 3
    refused(database, ".db is damaged", "zhitiao restore")
    zt.started.remove(server)


def load(directory, table, rows):
    """Rows into a table of a database nobody has open, by Berkeley DB's own tool."""
    text = "VERSION=3\nformat=print\ntype=btree\nHEADER=END\n" + \
        "".join(f" {key}\n {value}\n" for key, value in rows) + "DATA=END\n"
    subprocess.run(["db5.3_load", "-h", directory, table], input=text, text=True, check=True)


def test_a_database_of_a_newer_version(database):
    load(database, "meta.db", [("schema", r"\00\00\00\00\00\00\00\63")])
    refused(database, "newer zhitiao", "install")


def test_a_database_without_schema(database):
    dump = subprocess.run(["db5.3_dump", "-p", os.path.join(database, "meta.db")], text=True,
                          capture_output=True, check=True).stdout.splitlines()
    rows = [line[1:] for line in dump if line.startswith(" ")]
    kept = [(k, v) for k, v in zip(rows[::2], rows[1::2]) if k != "schema"]
    assert 2 * len(kept) == len(rows) - 2
    empty = os.path.join(database, "meta.db")
    header = "\n".join(line for line in dump[:dump.index("HEADER=END") + 1])
    os.unlink(empty)
    text = header + "\n" + "".join(f" {k}\n {v}\n" for k, v in kept) + "DATA=END\n"
    subprocess.run(["db5.3_load", empty], input=text, text=True, check=True)
    refused(database, "no schema", "zhitiao restore")


# ---- a full disk ------------------------------------------------------------------------

@pytest.fixture
def small_disk(tmp_path):
    """A file system of 48 MB for the database; what the server says goes elsewhere."""
    where = str(tmp_path / "disk")
    os.mkdir(where)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "zt", where],
                             capture_output=True, check=False)
    if mounted.returncode:
        pytest.fail(f"cannot mount a tmpfs (root is needed): {mounted.stderr.decode()}")
    os.mkdir(os.path.join(where, "db"))
    os.symlink(os.path.join(where, "db"), str(tmp_path / "db"))
    try:
        yield Disk(where)
    finally:
        subprocess.run(["umount", "-l", where], check=True)


class Disk:
    def __init__(self, where):
        self.where, self.filler = where, os.path.join(where, "filler")

    def fill(self, but=0):
        """Until nothing more goes in, but so many bytes."""
        with open(self.filler, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"\0" * 65536)
            except OSError:
                pass
            f.truncate(max(0, f.tell() - but))

    def free(self):
        os.unlink(self.filler)


# What each face answers; WSP has no byte for 507, so a gateway could not pass it on.
FULL = {"CHROME": 507, "LYNX": 507, "JSON": 507, "NOKIA7110": 503}


@pytest.fixture
def crowd(small_disk, tmp_path):
    """(server, client and talk of each face, who reads)."""
    server = Server(dir=str(tmp_path), checkpoint_kb=64)
    reader, *rest = pair(server, "CHROME", "CHROME")
    writers = {"CHROME": (rest[0], rest[1])}
    for face in FULL:
        if face != "CHROME":
            writers[face] = (somebody_else(rest[0], face), rest[1])
    say(reader, rest[1], "before")
    yield server, writers, reader
    if os.path.exists(small_disk.filler):
        small_disk.free()
    server.fini()


def until_refused(client, cid, told, most=4000):
    """Writes until a text comes back; what was taken is added to `told`.  None: the log
    had room enough left in its file."""
    for _ in range(most):
        text = f"{client.preset} {len(told)}." + "满" * (60 if client.preset == "NOKIA7110" else 600)
        client.get(cid)
        client.submit(message_form(client), m=text)
        if client.trail[0][0] != 303:
            return text
        told.append(text)
    return None


def post_form(client, text):
    """The form that came back, and in it the text."""
    form = client.page.form(typed="m")
    assert form and form.value["m"] == text, client.page.words
    return form


def test_a_full_disk_gives_the_text_back_in_every_face_and_reading_goes_on(small_disk, crowd):
    server, writers, reader = crowd
    told, came_back = ["before"], {}
    small_disk.fill()
    for face, (client, cid) in writers.items():
        text = until_refused(client, cid, told)
        assert client.trail[0][0] == FULL[face], client.trail
        if face == "JSON":
            assert client.page.json["why"] == "disk"
        else:
            assert T("resend.disk") in client.page.words, client.page.words
        came_back[face] = (text, post_form(client, text))
        assert set(told) <= set(texts(reader, cid)), "reading goes on"
        assert reader.get("./").status == reader.get("f").status == 200
    small_disk.free()
    for face, (client, cid) in writers.items():
        text, form = came_back[face]
        page = client.submit(form, m=text)
        assert client.trail[0][0] == 303, (face, page.words)
        told.append(text)
    stored = texts(reader, cid)
    assert sorted(stored) == sorted(told), "all of it, once"
    server.kill()
    reader.close()
    server.restart()
    assert sorted(texts(reader, cid)) == sorted(told)


def until_a_checkpoint_fails(server, disk, write):
    """Fills the disk while one is due; it may come before, so again."""
    for _ in range(20):
        disk.fill(but=150000)
        write()
        try:
            wait_until("a checkpoint failed", lambda: "checkpoint: No space" in server.stderr(), 3)
            return
        except AssertionError:
            disk.free()
    raise AssertionError("no checkpoint failed on a full disk")


def test_what_else_writes_survives_a_full_disk(small_disk, crowd):
    """Checkpoints, the soft state of each minute, a backup, a registration."""
    server, writers, reader = crowd
    client, cid = writers["CHROME"]
    told = ["before"]
    until_a_checkpoint_fails(server, small_disk, lambda: until_refused(client, cid, told))
    reader.get(cid)
    server.advance(61000)
    copy = os.path.join(small_disk.where, "copy")
    backup = server.ctl("backup", copy, ok=False)
    assert backup.returncode == 1 and "space" in backup.stdout + backup.stderr
    assert not os.path.exists(copy), "no half of a copy is left"
    stranger = server.client()
    stranger.get("register")
    stranger.submit(stranger.page.form(to="register", typed="name"), name="late-one",
                    password="12345678x")
    assert stranger.page.status == 507 and T("error.disk") in stranger.page.words
    assert server.running
    small_disk.free()
    server.ctl("backup", copy)
    shutil.rmtree(copy)
    say(client, cid, "after")
    assert sorted(texts(reader, cid)) == sorted(told + ["after"])
    reader.get(cid)
    server.stop()
    assert verified(server.dir)
    server.start()
    reader.close()
    inbox = reader.request("GET", "/", extra={"Accept": "application/json"}).json
    assert not any(row.get("unread") for row in inbox["talks"]), "what was read stays read"
    assert talk(reader, client.name) == cid and sorted(texts(reader, cid)) == sorted(told + ["after"])


def test_stopping_and_starting_on_a_full_disk(small_disk, crowd):
    server, writers, reader = crowd
    client, cid = writers["CHROME"]
    told = ["before"]
    small_disk.fill()
    until_refused(client, cid, told)
    server.stop()
    status, said = serve(server.dir)
    assert status == 1 and len(said.splitlines()) == 1 and "make room" in said, said
    small_disk.free()
    server.start()
    reader.close()
    assert sorted(texts(reader, cid)) == sorted(told)


@pytest.mark.parametrize("room", [0, 8192, 100000, 300000, 500000])
def test_a_first_start_on_a_disk_with_little_room(small_disk, room):
    """Refused with one line, or it starts; then, with room, it starts."""
    directory = os.path.join(small_disk.where, "db")
    small_disk.fill(but=room)
    first = subprocess.Popen([BIN, "serve", "-d", directory, "-l", "127.0.0.1:0"], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if first.stdout.readline().startswith("zhitiao: listening"):
        first.kill()
        first.communicate()
    else:
        said = first.communicate(timeout=60)[1]
        assert first.returncode == 1 and len(said.splitlines()) == 1 and "make room" in said, said
    small_disk.free()
    server = Server(dir=os.path.dirname(small_disk.where))
    one, _, cid = pair(server)
    say(one, cid, "hello")
    server.fini()


def test_a_disk_that_fills_anywhere_and_a_kill_on_top(small_disk, crowd):
    """The room left decides which write is the first that fails."""
    print("seed", SEED)
    server, writers, reader = crowd
    rng, told = random.Random(SEED), ["before"]
    for _ in range(8):
        small_disk.fill(but=rng.randrange(40000))
        client, cid = rng.choice(list(writers.values()))
        text = until_refused(client, cid, told, most=30)
        if rng.random() < 0.5:
            server.kill()
        small_disk.free()
        if not server.running:
            server.restart()
            for one in (client, reader):
                one.close()
        if text:
            client.submit(post_form(client, text), m=text)
            told.append(text)
        assert sorted(texts(reader, cid)) == sorted(told)
    server.stop()
    assert verified(server.dir)
    server.start()
