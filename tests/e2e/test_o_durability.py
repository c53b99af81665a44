"""What was acknowledged is there: kill -9, backup and restore, a full disk."""
import os
import random
import subprocess
import threading

import pytest
from people import message_form, pair, say, sign_in, somebody_else, texts
from words import T
from zt import BIN, Server, wait_until

ROUNDS = int(os.environ.get("ZT_ROUNDS", "20"))
WRITERS = 16


class Writer(threading.Thread):
    """Posts numbered messages until the server is gone; knows which were acknowledged."""

    def __init__(self, client, cid, name):
        super().__init__(daemon=True)
        self.client, self.cid, self.name_ = client, cid, name
        self.acknowledged, self.tried = [], []

    def run(self):
        client, n = self.client.copy(), 0
        while True:
            text = f"{self.name_}.{n}."
            try:
                client.page = client.request("GET", f"{client.root}{self.cid}", check=False)
                form = message_form(client)
                self.tried.append(text)
                body = client.encode(form.filled({"m": text}))
                page = client.request("POST", client.root + self.cid, body, check=False)
            except Exception:            # the server was killed under it
                client.close()
                return
            if page.status == 303:
                self.acknowledged.append(text)
            n += 1


def test_kill_9_loses_nothing_acknowledged_and_doubles_nothing(server):
    one, other, cid = pair(server)
    clients = [one, other] * (WRITERS // 2)
    everything, tried = [], set()
    for turn in range(ROUNDS):
        writers = [Writer(c, cid, f"w{turn}-{i}") for i, c in enumerate(clients)]
        for writer in writers:
            writer.start()
        enough = random.randint(20, 120)
        wait_until("some posts", lambda w=writers, e=enough: sum(len(x.acknowledged) for x in w) >= e)
        server.kill()
        for writer in writers:
            writer.join(60)
            everything += writer.acknowledged
            tried.update(writer.tried)
        server.restart()
        one.close()
        other.close()
    stored = texts(one, cid)
    assert len(stored) == len(set(stored)), "nothing twice"
    assert set(everything) <= set(stored), "everything acknowledged"
    assert set(stored) <= tried, "nothing else"
    say(other, cid, "and on it goes")
    server.stop()
    verified(server.dir)


def verified(directory):
    run = subprocess.run([BIN, "verify", directory], capture_output=True, text=True, timeout=120,
                         check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_post_that_was_cut_off_is_resent_and_stored_once(server):
    """The reply was lost: the client does not know, presses again after the restart."""
    one, other, cid = pair(server)
    for n in range(5):
        one.get(cid)
        form = message_form(one)
        racing = threading.Thread(target=lambda f=form, n=n: quiet(one.copy(), f, f"unsure {n}"))
        racing.start()
        server.kill()
        racing.join()
        server.restart()
        one.close()
        page = one.submit(form, m=f"unsure {n}")
        assert page.status == 200, page.words
        assert texts(other_of(other), cid).count(f"unsure {n}") == 1


def other_of(client):
    client.close()
    return client


def quiet(client, form, text):
    try:
        client.submit(form, m=text)
    except Exception:                    # the server is gone, or was just gone
        pass
    client.close()


def test_backup_while_people_write(server, tmp_path):
    one, other, cid = pair(server)
    for n in range(10):
        say(one, cid, f"before {n}")
    writer = Writer(other, cid, "during")
    writer.start()
    copy = str(tmp_path / "copy")
    server.ctl("backup", copy)
    server.kill()
    writer.join()
    verified(copy)
    fresh = str(tmp_path / "fresh")
    os.mkdir(fresh)
    run = subprocess.run([BIN, "restore", copy, os.path.join(fresh, "db")], capture_output=True,
                         text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    restored = Server(dir=fresh)
    try:
        client = restored.client()
        client.name, client.password = one.name, one.password
        sign_in(client)
        stored = texts(client, cid)
        assert [t for t in stored if t.startswith("before")] == [f"before {n}" for n in range(9, -1, -1)]
        assert len(stored) == len(set(stored))
    finally:
        restored.fini()


def test_backup_refuses_a_directory_in_use(server, tmp_path):
    (tmp_path / "something").write_text("x")
    run = server.ctl("backup", str(tmp_path), ok=False)
    assert run.returncode != 0 and (run.stderr + run.stdout).strip()
    assert (tmp_path / "something").read_text() == "x"


def test_verify_refuses_a_database_in_use(server):
    run = subprocess.run([BIN, "verify", server.dir], capture_output=True, text=True, timeout=60,
                         check=False)
    assert run.returncode != 0


def test_restore_keeps_what_is_there(server, tmp_path):
    copy = str(tmp_path / "copy")
    server.ctl("backup", copy)
    server.stop()
    run = subprocess.run([BIN, "restore", copy, server.dir], capture_output=True, text=True,
                         timeout=60, check=False)
    assert run.returncode != 0, "never over an existing database"


def test_verify_sees_a_damaged_file(server):
    one, other, cid = pair(server)
    for n in range(20):
        say(one, cid, f"{n} " + "x" * 500)
    server.stop()
    files = [os.path.join(folder, name) for folder, _, names in os.walk(server.dir) for name in names
             if name.endswith(".db")]
    assert files, "no table files"
    for path in files:
        if os.path.getsize(path) >= 24576:
            with open(path, "r+b") as f:
                f.seek(os.path.getsize(path) - 4096)
                f.write(b"\xa5" * 512)
    run = subprocess.run([BIN, "verify", server.dir], capture_output=True, text=True, timeout=60,
                         check=False)
    assert run.returncode != 0


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 48 MB of its own."""
    where = str(tmp_path)
    run = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "zt", where],
                         capture_output=True, check=False)
    if run.returncode:
        pytest.fail(f"cannot mount a tmpfs (root is needed): {run.stderr.decode()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def test_a_full_disk_gives_the_text_back_and_reads_go_on(small_disk):
    server = Server(dir=small_disk)
    filler = os.path.join(small_disk, "filler")
    try:
        one, other, cid = pair(server)
        say(one, cid, "before")
        with open(filler, "wb") as f:
            try:
                while True:
                    f.write(b"\0" * 65536)
                    f.flush()
            except OSError:
                pass
        refused = write_until_refused(one, cid)
        assert T("resend.disk") in one.page.words or T("error.disk") in one.page.words, one.page.words
        assert refused in one.page.text, "the text comes back"
        assert "before" in other.get(cid).words or other.get(cid).status == 200, "reads go on"
        assert server.running
        os.unlink(filler)
        again = one.page.form(typed="m")
        wait_until("writes go on", lambda: one.submit(again, m=refused).status == 200
                   and refused in texts(one, cid))
        assert texts(other, cid).count(refused) == 1
    finally:
        if os.path.exists(filler):
            os.unlink(filler)
        server.fini()


def write_until_refused(client, cid):
    for n in range(4000):
        text = f"{n}." + "满" * 2000
        client.get(cid)
        page = client.submit(message_form(client), m=text)
        if page.status != 200 or page.form(to=cid, typed="m") and text in page.form(typed="m").value["m"]:
            return text
    raise AssertionError("the disk never got full")


def test_sessions_and_forms_live_on_after_a_restart(server):
    one, other, cid = pair(server, "NOKIA7110")
    form = (one.get(cid), message_form(one))[1]
    server.restart()
    one.close()
    other.close()
    one.submit(form, m="over a restart")
    assert texts(other, cid) == ["over a restart"]
    assert somebody_else(one).get(cid).status == 200
