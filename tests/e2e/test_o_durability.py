"""What was acknowledged is there after a restart, in a backup, after a restore.  (kill -9 at
every moment: tests/crash; a full disk: test_u_faults.py; damage: test_v_damage.py.)"""
import os
import subprocess
import threading

from people import message_form, pair, say, sign_in, somebody_else, texts
from zt import BIN, Server


class Writer(threading.Thread):
    """Posts numbered messages until the server is gone."""

    def __init__(self, client, cid, name):
        super().__init__(daemon=True)
        self.client, self.cid, self.name_ = client, cid, name

    def run(self):
        client, n = self.client.copy(), 0
        while True:
            text = f"{self.name_}.{n}."
            try:
                client.page = client.request("GET", f"{client.root}{self.cid}", check=False)
                form = message_form(client)
                body = client.encode(form.filled({"m": text}))
                client.request("POST", client.root + self.cid, body, check=False)
            except Exception:            # the server was killed under it
                client.close()
                return
            n += 1


def verified(directory):
    run = subprocess.run([BIN, "verify", directory], capture_output=True, text=True, timeout=120,
                         check=False)
    assert run.returncode == 0, run.stdout + run.stderr


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
    server.audited = False
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


def test_sessions_and_forms_live_on_after_a_restart(server):
    one, other, cid = pair(server, "NOKIA7110")
    form = (one.get(cid), message_form(one))[1]
    server.restart()
    one.close()
    other.close()
    one.submit(form, m="over a restart")
    assert texts(other, cid) == ["over a restart"]
    assert somebody_else(one).get(cid).status == 200
