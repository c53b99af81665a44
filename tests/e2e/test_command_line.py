"""The command line: what an operator types, and what is done to the running server."""
import os
import re
import select
import signal
import stat
import subprocess

import pytest
from people import assert_signed_in, has_sign_in, pair, say, sign_in, somebody, texts
from zt import BIN, ROOT, Client, Server


def run(*args, stdin=None):
    return subprocess.run([BIN, *map(str, args)], text=True, input=stdin, cwd=ROOT,
                          stdin=subprocess.DEVNULL if stdin is None else None,
                          capture_output=True, timeout=60, check=False)


# ---- usage and configuration ---------------------------------------------------------

@pytest.mark.parametrize("args", [
    [], ["nothing"], ["serve", "more"], ["user"], ["user", "add"], ["user", "remove", "x"],
    ["backup"], ["import"], ["restore", "one"], ["serve", "-x"], ["serve", "-o"], ["serve", "-o", "threads"],
    ["serve", "-o", "threads=0"], ["serve", "-o", "thread=1"], ["serve", "-l", "8080"],
    ["clock", "back", "5"]])
def test_a_wrong_command_line_is_told_and_ends_with_2(args):
    done = run(*args)
    assert done.returncode == 2 and not done.stdout
    assert "usage: zhitiao" in done.stderr or re.fullmatch("zhitiao: .*\n", done.stderr)


def test_check_prints_what_is_in_force(tmp_path):
    file = tmp_path / "zhitiao.conf"
    file.write_text("threads = 3\nlang = en\n")
    done = run("check", "-o", "threads=5", "-c", file, "-d", "/somewhere")
    assert done.returncode == 0 and not done.stderr
    lines = done.stdout.splitlines()
    assert {"threads = 5", "lang = en", "dir = /somewhere", "registration = 1"} <= set(lines)
    file.write_text(done.stdout)
    assert run("check", "-c", file).stdout == done.stdout


def test_every_slip_in_a_file_is_told(tmp_path):
    file = tmp_path / "zhitiao.conf"
    file.write_text("thread = 3\nlang = xx\n")
    for command in ("check", "serve"):
        done = run(command, "-c", file, "-d", tmp_path / "db")
        assert done.returncode == 1 and not done.stdout
        assert "thread" in done.stderr and "one of: zh-CN zh-TW en" in done.stderr
    assert not (tmp_path / "db").exists()
    done = run("check", "-c", tmp_path / "absent")
    assert done.returncode == 1 and done.stderr.count("\n") == 1


@pytest.mark.parametrize("what", [["-l", "192.0.2.1:0"], ["-d", "/proc/none"],
                                  ["-o", "share=/nowhere"]])
def test_a_start_that_fails_says_why(tmp_path, what):
    done = run("serve", "-d", tmp_path / "db", "-l", "127.0.0.1:0", *what)
    assert done.returncode == 1 and not done.stdout and done.stderr


def test_a_port_in_use_is_told(server, tmp_path):
    done = run("serve", "-d", tmp_path / "db", "-l", f"{server.host}:{server.port}")
    assert done.returncode == 1 and "ddress already in use" in done.stderr


def test_one_database_has_one_server(server):
    done = run("serve", "-d", server.dir, "-l", "127.0.0.1:0")
    assert done.returncode == 1 and "in use" in done.stderr
    assert server.client().get("/").status == 200
    assert server.ctl("status").returncode == 0, "and keeps its control socket"


# ---- the control socket -----------------------------------------------------------------

def test_the_socket_is_for_its_owner_only(server):
    mode = os.stat(os.path.join(server.dir, "control")).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_nobody_serves(tmp_path):
    done = run("status", "-d", tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"zhitiao: {tmp_path}: no server is running on this database\n"


def test_a_killed_server_leaves_nothing_in_the_way(server):
    server.kill()
    done = server.ctl("status", ok=False)
    assert done.returncode == 1 and "no server is running" in done.stderr
    server.start()
    assert server.ctl("status").returncode == 0


def test_a_long_path_of_the_database(tmp_path):
    top = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    top.mkdir(parents=True)
    server = Server(dir=str(top))
    try:
        assert len(server.dir) > 140 and "port =" in server.ctl("status").stdout
    finally:
        server.fini()


def test_status_counts(server):
    somebody(server)
    said = dict(line.split(" = ") for line in server.ctl("status").stdout.splitlines())
    assert said["users"] == "1" and said["port"] == str(server.port) and said["held"] == "0"
    assert int(said["requests"]) > 1 and int(said["flushes"]) >= 1


def test_a_clock_that_is_not_for_tests(serve):
    server = serve(test_clock=0)
    done = server.ctl("clock", "advance", 5, ok=False)
    assert done.returncode == 1 and "test_clock" in done.stderr


# ---- people ----------------------------------------------------------------------------------

def test_added_people_can_sign_in(serve):
    server = serve(registration=0)
    client = server.client()
    server.ctl("user", "add", "Zoë", stdin="a password\n")
    sign_in(client, "zoë", "a password")
    client.name = "Zoë"
    assert_signed_in(client)
    made = server.ctl("user", "add", "小林").stdout
    password = re.fullmatch(r"password: ([a-z2-9]{12})\n", made).group(1)
    client = server.client("NOKIA7110")
    sign_in(client, "小林", password)
    client.name = "小林"
    assert_signed_in(client)


@pytest.mark.parametrize("name,password,why", [
    ("taken", "long enough", "taken"), ("x", "long enough", "2 to 32"),
    ("b c", "long enough", "2 to 32"), ("fine", "short", "at least 8"),
    ("fine", "x" * 1025, "at most 1024"), ("fine", "x" * 100000, "at most 1024"),
    ("a\tb", "long enough", "tab"), ("a\nb", "long enough", "line break")])
def test_people_who_cannot_be_added(shared, name, password, why):
    shared.ctl("user", "add", "taken", stdin="whatever\n", ok=False)
    done = shared.ctl("user", "add", name, stdin=password, ok=False)
    assert done.returncode == 1 and not done.stdout
    assert why in done.stderr and done.stderr.count("\n") == 1


def test_a_new_password_ends_all_sessions(server):
    client = somebody(server)
    phone = server.client("NOKIA7110")
    sign_in(phone, client.name, client.password)
    server.ctl("user", "passwd", client.name, stdin="another one\n")
    assert has_sign_in(client.get("./")) and has_sign_in(phone.get("./"))
    assert has_sign_in(sign_in(client)), "the old one is of no use"
    sign_in(client, password="another one")
    assert_signed_in(client)


def test_people_nobody_knows(shared):
    for verb in ("passwd", "admin"):
        done = shared.ctl("user", verb, "no-such-one", stdin="long enough", ok=False)
        assert done.returncode == 1 and done.stderr == "zhitiao: nobody has that name\n"
        assert not done.stdout, "and no password is made for nobody"


def test_an_administrator_is_made(server):
    client = somebody(server)
    assert server.ctl("user", "admin", client.name).stdout == ""
    assert_signed_in(client)


# ---- stop, reload ------------------------------------------------------------------------------

def test_stop_returns_when_everything_is_on_disk(server, tmp_path):
    a, b, cid = pair(server)
    say(a, cid, "last words")
    assert server.ctl("stop").returncode == 0
    assert run("verify", server.dir).returncode == 0, "nobody has it open any more"
    assert server.process.wait(30) == 0
    assert not os.path.exists(os.path.join(server.dir, "control"))
    assert server.ctl("stop", ok=False).returncode == 1
    server.process.stdout.close()
    server.start()
    b.close()
    assert_signed_in(b)
    assert texts(b, cid) == ["last words"]


def test_templates_are_read_anew(server):
    client = somebody(server)
    server.process.send_signal(signal.SIGHUP)
    assert_signed_in(client)
    assert server.running


# ---- backup, verify, restore ---------------------------------------------------------------------

def test_a_backup_holds_what_was_acknowledged(server, tmp_path, serve):
    a, b, cid = pair(server)
    say(a, cid, "before")
    copy, again = tmp_path / "copy", tmp_path / "again"
    server.ctl("backup", copy)
    say(a, cid, "after")
    done = server.ctl("backup", copy, ok=False)
    assert done.returncode == 1 and "not empty" in done.stderr
    done = run("verify", copy)
    assert done.returncode == 0 and "faults = 0" in done.stdout and "messages = 1" in done.stdout
    assert run("restore", copy, again / "db").returncode == 0
    other = serve(dir=str(again))
    person = other.client()
    person.name, person.password = b.name, b.password
    sign_in(person)
    assert texts(person, cid) == ["before"]
    done = run("restore", copy, again / "db")
    assert done.returncode == 1 and done.stderr.count("\n") >= 1


def test_what_is_no_database(tmp_path, server):
    assert run("verify", tmp_path / "absent").returncode == 1
    assert run("restore", tmp_path, tmp_path / "new").returncode == 1
    assert not (tmp_path / "new").exists()
    done = run("verify", server.dir)
    assert done.returncode == 1 and "in use" in done.stderr


# ---- demo -------------------------------------------------------------------------------------------

class Demo:
    """Looks enough like a server for a client; ends with its block."""
    def __enter__(self):
        self.process = subprocess.Popen([BIN, "demo", "-l", "127.0.0.1:0"], cwd=ROOT,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            self._read()
        except BaseException:
            self.process.kill()
            self.process.communicate()
            raise
        return self

    def _read(self):
        self.said = ""
        while "curl" not in self.said:
            assert select.select([self.process.stdout], [], [], 60)[0], self.said
            part = os.read(self.process.stdout.fileno(), 4096)
            assert part, self.process.stderr.read()
            self.said += part.decode()
        self.host, self.port = "127.0.0.1", int(re.search(r":(\d+)/", self.said).group(1))
        self.dir = re.search(r"(/\S+zhitiao-demo\S+)", self.said).group(1)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            error = self.process.communicate(timeout=60)[1].decode()
        finally:
            self.process.kill()
        assert self.process.returncode == 0, error
        assert "error" not in error, error


def test_the_demo_is_alive_and_leaves_nothing():
    with Demo() as demo:
        assert demo.said.startswith(f"zhitiao: listening on http://127.0.0.1:{demo.port}/\n")
        one, other, password = re.search(r"Be (\S+) .* and (\S+) in .* is (\S+)\n",
                                         demo.said).groups()
        for name, preset in ((one, "NOKIA7110"), (other, "LYNX")):
            client = Client(demo, preset)
            sign_in(client, name, password)
            client.name = name
            assert_signed_in(client)
            assert client.page.link(r"^c\d+"), client.page.words
        assert os.path.isdir(demo.dir)
    assert not os.path.exists(demo.dir)


def test_two_demos_side_by_side():
    with Demo() as one, Demo() as other:
        assert one.dir != other.dir and one.port != other.port
