"""Stopping while much goes on: SIGTERM ends the server whatever clients did, all who
wait are answered, and what was acknowledged is there afterwards."""
import itertools
import socket
import struct
import threading

import pytest
import zt
from people import (befriend, has_sign_in, message_form, pair, register, sign_in, sign_out, somebody,
                    somebody_else, talk, texts)

LONG = 50
HANG_UPS = 30        # of each of four at a time
ENOUGH = 90          # messages acknowledged before the stop


# ---- hanging up ----------------------------------------------------------------------

def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def close(sock):
    sock.close()


def half_close(sock):
    sock.shutdown(socket.SHUT_WR)
    sock.close()


def ask_for_more(sock):
    sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 30)
    sock.close()


def register_and(go, server):
    for n in range(HANG_UPS):
        body = b"name=%s-%d-&password=12345678x&e=%%E4%%B8%%AD" % (go.__name__.encode(), n)
        sock = socket.create_connection((server.host, server.port), timeout=60)
        sock.sendall(b"POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
                     b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" % len(body))
        sock.sendall(body)
        go(sock)


@pytest.mark.parametrize("go", [close, reset, half_close, ask_for_more], ids=lambda go: go.__name__)
def test_who_hangs_up_amid_a_post_cannot_keep_the_server_from_stopping(serve, go):
    """While the password is hashed or waits for it.  (Seen with the slower build of the sanitizers.)"""
    server = serve(threads=2)
    threads = [threading.Thread(target=register_and, args=(go, server)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.stop()
    server.restart()
    assert somebody(server).get("./").status == 200


def test_everybody_who_waits_is_answered_at_the_stop(serve):
    """Many at once: the last replies must not be cut off by the end of the server."""
    server = serve(hold_s=LONG)
    one, _, cid = pair(server)
    clients = [one] + [somebody_else(one) for _ in range(7)]
    for _ in range(3):
        holds = []
        for client in clients:
            client.close()
            for href in (cid, "./"):
                holds.append(client.hold(client.get(href).waits_on))
        server.wait_held(len(holds))
        server.stop()
        for held in holds:
            page = held.join(20)
            assert page.status == 200 and not has_sign_in(page)
        server.restart()


# ---- all at once -----------------------------------------------------------------------

class Busy(threading.Thread):
    """Does `turn` again and again, until the server is gone after `stopping` was set."""
    stopping = None      # an Event, of the test

    def __init__(self):
        super().__init__(daemon=True)
        self.error = None
        self.numbers = itertools.count()

    def run(self):
        try:
            while True:
                self.turn(next(self.numbers))
        except Exception as error:           # shown by the test
            if not self.stopping.is_set():
                self.error = error


class Talker(Busy):
    def __init__(self, client, cid):
        super().__init__()
        self.client, self.cid = client.copy(), cid
        self.tried, self.acknowledged = [], []

    def turn(self, n):
        client = self.client
        client.page = client.request("GET", client.root + self.cid)
        form = message_form(client)
        text = f"{id(self)} {n}."
        self.tried.append(text)
        page = client.request("POST", client.root + self.cid, client.encode(form.filled({"m": text})))
        assert page.status == 303, page.words
        self.acknowledged.append(text)


class Waiter(Busy):
    """Follows the link to wait of each page that it gets, and hangs up on some."""

    def __init__(self, client, href):
        super().__init__()
        self.client, self.href = client.copy(), href
        self.client.page = None

    def turn(self, n):
        client = self.client
        page = client.request("GET", client.root + self.href.removeprefix("./"))
        assert page.status == 200 and not has_sign_in(page), page.words
        if page.frames:
            page = client.request("GET", client.root + page.frames[0].removeprefix("./"))
        wait = page.waits_on
        if n % 5 == 4:
            sock = socket.create_connection((client.server.host, client.server.port))
            sock.sendall(client._head("GET", client.root + wait.removeprefix("./"), None, None))
            reset(sock)
        page = client.request("GET", client.root + wait.removeprefix("./"))
        assert page.status == 200 and not has_sign_in(page), page.words


class Guest(Busy):
    """Registers, waits for news that never comes, signs out, is somebody else."""

    def __init__(self, server, preset):
        super().__init__()
        self.server, self.preset = server, preset
        self.here, self.left = [], []

    def turn(self, n):
        client = register(self.server.client(self.preset))
        self.here.append(client)
        held = client.hold(client.get("./").waits_on)
        old = client.copy()
        page = sign_out(client)
        if client.trail[0][0] == 303:
            self.left.append(old)
        assert has_sign_in(page), page.words
        held.client.signed_in = False
        held.thread.join(60)
        assert not held.thread.is_alive(), "a hold outlived its session"
        client.close()


def test_all_that_was_acknowledged_in_the_bustle_is_there_after_the_stop(serve, monkeypatch):
    server = serve(hold_s=LONG, threads=4)
    stopping = threading.Event()
    monkeypatch.setattr(Busy, "stopping", stopping)
    hub, talkers, waiters = somebody(server), [], []
    for preset in ("CHROME", "LYNX", "JSON"):
        client = somebody(server, preset)
        befriend(client, hub)
        cid = talk(client, hub.name)
        talkers += [Talker(client, cid), Talker(client, cid)]
        waiters += [Waiter(client, cid), Waiter(hub, cid)]
    waiters += [Waiter(hub, "./"), Waiter(hub, "f")]
    guests = [Guest(server, preset) for preset in ("CHROME", "W3M")]
    everybody = talkers + waiters + guests
    for thread in everybody:
        thread.start()
    zt.wait_until("much was said", lambda: any(t.error for t in everybody) or
                  sum(len(t.acknowledged) for t in talkers) >= ENOUGH and all(g.left for g in guests))
    stopping.set()
    server.stop()
    for thread in everybody:
        thread.join(60)
        assert not thread.is_alive()
        if thread.error:
            raise thread.error
    server.restart()
    hub.close()
    for cid in {talker.cid for talker in talkers}:
        stored, here = texts(hub, cid), [t for t in talkers if t.cid == cid]
        assert len(stored) == len(set(stored)), "nothing twice"
        assert {text for t in here for text in t.acknowledged} <= set(stored), "everything acknowledged"
        assert set(stored) <= {text for t in here for text in t.tried}, "nothing else"
    for guest in guests:
        for client in guest.left:
            assert has_sign_in(client.get("./")), "signed out is signed out"
        for client in guest.here[-3:]:
            again = server.client()
            assert not has_sign_in(sign_in(again, client.name, client.password))
