"""Many connections: when they run short the oldest who wait give way, and nobody new is
refused; who hangs up, writes nothing or reads nothing takes nothing for good."""
import contextlib
import resource
import socket
import struct

import pytest
import zt
from people import pair, somebody, somebody_else

LONG = 3600


def status(server, name):
    for line in server.ctl("status").stdout.splitlines():
        words = line.split()
        if words[0] == name:
            return int(words[2])
    raise AssertionError(name)


def raw_get(client, href):
    return client._head("GET", client.root + href.removeprefix("./"), None, None)


def connect(server):
    return socket.create_connection((server.host, server.port), timeout=60)


def reply(sock):
    out = b""
    while not zt.whole(out):
        part = sock.recv(65536)
        assert part, f"closed after {out!r}"
        out += part
    return out


@pytest.fixture
def narrow(serve):
    """48 connections; from 36 on they run short."""
    return serve(connections=48, threads=2, hold_s=LONG, hold_max_s=LONG)


def hold_on(stack, server, client, href):
    sock = stack.enter_context(connect(server))
    sock.sendall(raw_get(client, href))
    return sock


def test_when_connections_run_short_the_oldest_give_way(narrow):
    one = somebody(narrow)
    with contextlib.ExitStack() as stack:
        people = [one] + [somebody_else(one, "JSON") for _ in range(17)]
        waits = []
        for person in people:
            waits.append(person.get("./").waits_on)
            person.close()
        holds = []
        for person, wait in zip(people[1:], waits[1:]):
            for _ in range(2):           # one after the other: their order counts
                holds.append(hold_on(stack, narrow, person, wait))
                narrow.wait_held(len(holds))
        new = [stack.enter_context(connect(narrow)) for _ in range(20)]
        for sock in new:
            sock.sendall(raw_get(one, "f"))
            assert reply(sock).startswith(b"HTTP/1.1 200"), "nobody new is refused"
        for sock in holds[:8]:
            early = reply(sock)
            assert early.startswith(b"HTTP/1.1 200") and b"\r\nConnection: close\r\n" in early
            assert sock.recv(1) == b"", "and its connection is free"
        assert status(narrow, "evicted") >= 8
        assert narrow.held() > 0, "the newest wait on"


def test_who_gives_way_goes_on_by_itself(narrow):
    """In timed mode: the page refreshes after some seconds, never at once."""
    one = somebody(narrow)
    held = one.hold(one.get("./").waits_on)
    narrow.wait_held()
    with contextlib.ExitStack() as stack:
        for _ in range(44):
            sock = stack.enter_context(connect(narrow))
            sock.sendall(raw_get(one, "f"))
            reply(sock)
        page = held.join(20)
    assert page.status == 200 and page.header("Connection") == "close"
    assert 5 <= int(page.refresh.partition(";")[0]) <= 30


def test_there_are_never_more_connections_than_descriptors(serve):
    server = serve(prefix=["prlimit", "--nofile=400:400"])
    assert "200 connections instead of 19500" in server.stderr()
    one = somebody(server)
    one.close()
    with contextlib.ExitStack() as stack:
        for _ in range(190):
            sock = stack.enter_context(connect(server))
            sock.sendall(raw_get(one, "./"))
            reply(sock)
    assert "Too many open files" not in server.stderr()


# ---- hostile -----------------------------------------------------------------------------

def resident_kb(server):
    with open(f"/proc/{server.process.pid}/status") as f:
        return int(next(line for line in f if line.startswith("VmRSS:")).split()[1])


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def say_nothing(sock, client):
    pass


def say_half(sock, client):
    sock.sendall(raw_get(client, "./")[:60])


def read_nothing(sock, client):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    with contextlib.suppress(OSError):
        sock.sendall(raw_get(client, "f") * 40)


def half_a_form(sock, client):
    sock.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
                 b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=")


HOSTILE = [say_nothing, say_half, read_nothing, half_a_form]


@pytest.mark.parametrize("be_hostile", HOSTILE, ids=lambda f: f.__name__)
def test_who_holds_a_connection_for_nothing_loses_it(serve, be_hostile):
    """And while it lasts, others are served."""
    server = serve(idle_s=2, threads=2)
    one = somebody(server)
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            be_hostile(stack.enter_context(connect(server)), one)
        assert one.get("./").status == 200
        one.close()
        zt.wait_until("they are gone", lambda: status(server, "connections") == 0)
    assert one.get("./").status == 200


def test_thousands_that_hang_up_at_once_leave_nothing_behind(serve):
    server = serve(threads=2)
    one = somebody(server)
    request = raw_get(one, "f")

    def storm():
        for n in range(1500):
            sock = connect(server)
            if n % 3:
                sock.sendall(request if n % 3 == 1 else request[:40])
            reset(sock)
        one.close()
        zt.wait_until("all gone", lambda: status(server, "connections") == 0)
    storm()
    before = resident_kb(server)
    for _ in range(2):
        storm()
    # The address sanitizer keeps what was freed.
    assert zt.SANITIZED or resident_kb(server) - before < 16 * 1024
    assert one.get("./").status == 200 and server.held() == 0


def test_holds_whose_client_is_gone_are_over(serve):
    server = serve(hold_s=LONG, threads=2)
    one, other, cid = pair(server)
    clients = [somebody_else(one, "JSON") for _ in range(40)]
    for n in range(3):
        socks = []
        for client in clients:
            wait = client.get(cid).waits_on
            client.close()
            socks.append(connect(server))
            socks[-1].sendall(raw_get(client, wait))
        server.wait_held(len(clients))
        for sock in socks:
            (reset if n % 2 else socket.socket.close)(sock)
        zt.wait_until("none is held", lambda: server.held() == 0)
    assert status(server, "hangups") == 3 * len(clients)
