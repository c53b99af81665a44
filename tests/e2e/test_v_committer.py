"""Writes when the disk does not keep up: what is over is refused with its text, what
was taken is stored, once; pages do not wait.  The disk of these servers stands
still for as long as a file exists (tests/bench/slowdisk.c), so nothing is timed."""
import http.client
import os
import re
import socket

import pytest
from people import message_form, pair, say, somebody, somebody_else, texts
from words import T
from zt import BIN, SANITIZED, wait_until

SLOWDISK = os.path.join(os.path.dirname(BIN), "tests", "slowdisk.so")
FACES = ("CHROME", "LYNX", "NOKIA7110", "JSON")
QUEUE = 128         # the smallest that may be configured


class Disk:
    """A server's disk that can be made to stand still."""
    def __init__(self, where):
        self.gate = os.path.join(where, "gate")
        self.prefix = ["env", f"LD_PRELOAD={SLOWDISK}", "SLOWDISK_US=0", f"SLOWDISK_GATE={self.gate}"]
        if SANITIZED:
            self.prefix.append("ASAN_OPTIONS=verify_asan_link_order=0")

    def hold(self):
        with open(self.gate, "w", encoding="ascii"):
            pass

    def wait_held(self):
        """A flush has begun and does not end."""
        wait_until("a flush", lambda: os.path.exists(self.gate + ".waiting"))

    def release(self):
        if os.path.exists(self.gate):
            os.unlink(self.gate)


@pytest.fixture
def disk(tmp_path):
    made = Disk(str(tmp_path))
    yield made
    made.release()


@pytest.fixture
def stuck(serve, disk):
    """stuck(option=value…): a server on such a disk, which can end before the disk is released."""
    yield lambda **options: serve(prefix=disk.prefix, **options)
    disk.release()


class Sent:
    """A form posted on a connection of its own; the reply is read later."""
    def __init__(self, client, form, text):
        self.text = text
        url = client.resolve(form.action) if form.action else client.page.url
        body = client.encode(form.filled({"m": text}))
        self.sock = socket.create_connection((client.server.host, client.server.port), timeout=120)
        self.sock.sendall(client._head("POST", url, body, None))

    def status(self):
        reply = http.client.HTTPResponse(self.sock, method="POST")
        reply.begin()
        self.body = reply.read()
        self.sock.close()
        return reply.status


def metrics(server):
    """{name: value} of /metrics, buckets as name{le="…"}."""
    client = server.client("JSON")
    lines = client.request("GET", "/metrics", check=False).body.decode().splitlines()
    client.close()
    return {name: float(value) for name, _, value in
            (line.rpartition(" ") for line in lines if not line.startswith("#"))}


def wait_queue(server, n):
    wait_until(f"{n} wait", lambda: metrics(server)["zhitiao_queue"] >= n)


def open_form(client, cid):
    client.get(cid)
    return message_form(client)


def refused(client, form, text):
    """Posts; the reply must be an honest 503 that has the text in its form."""
    page = client.submit(form, m=text)
    assert client.trail[-1][0] == page.status == 503, client.trail
    assert page.header("Retry-After") == "1"
    if page.face == "json":
        assert page.json["why"] == "busy" and page.json["text"] == text, page.json
    else:
        assert T("resend.busy") in page.words, page.words
    again = page.form(typed="m")
    assert again.value["m"] == text, again.value
    return again


def test_a_full_queue_refuses_with_the_text_and_loses_and_doubles_nothing(stuck, disk):
    server = stuck(queue=QUEUE, queue_user=64)
    people = [pair(server) for _ in range(2)]
    over = [pair(server, face) for face in FACES]
    for one, other, cid in people:                  # the form key of one is good for many texts
        one.form, other.form = open_form(one, cid), open_form(other, cid)
    for client, _, cid in over:
        client.form = open_form(client, cid)
    disk.hold()
    writers = [(client, cid) for one, other, cid in people for client in (one, other)]
    sent = [(Sent(writers[0][0], writers[0][0].form, "first"), writers[0][1])]
    disk.wait_held()
    for n in range(50):
        sent += [(Sent(client, client.form, f"{client.name} {n}."), cid) for client, cid in writers]
    wait_queue(server, QUEUE)
    again = [refused(client, client.form, f"over the queue, {client.preset}") for client, _, _ in over]
    disk.release()
    taken = {cid: [] for _, _, cid in people}
    for post, cid in sent:
        status = post.status()
        assert status in (303, 503), status
        assert status == 303 or post.text.encode() in post.body
        taken[cid] += [post.text] * (status == 303)
    for one, _, cid in people:
        assert sorted(texts(one, cid)) == sorted(taken[cid])
    kept = sum(map(len, taken.values()))
    # Read marks that are written meanwhile have places in the queue, too.
    assert QUEUE - 8 <= kept < len(sent), "some were over, and no more than had to be"
    for (client, other, cid), form in zip(over, again):
        client.submit(form, m=form.value["m"])
        client.submit(form, m=form.value["m"])      # pressed twice
        assert texts(other, cid) == [form.value["m"]]
    assert metrics(server)["zhitiao_refused_total"] >= len(sent) - kept + len(over)


@pytest.mark.parametrize("face", FACES)
def test_who_floods_fills_his_own_share_only(stuck, disk, face):
    server = stuck(queue=QUEUE, queue_user=4)
    flooder, other, cid = pair(server, face)
    form, others = open_form(flooder, cid), open_form(other, cid)
    disk.hold()
    sent = [Sent(flooder, form, "first")]
    disk.wait_held()
    sent += [Sent(flooder, form, f"more {n}") for n in range(4)]
    wait_queue(server, 4)
    again = refused(flooder, form, "one too many")
    sent.append(Sent(other, others, "has a share of his own"))
    wait_queue(server, 5)
    disk.release()
    assert [post.status() for post in sent] == [303] * 6
    flooder.submit(again, m="one too many")
    assert sorted(texts(other, cid)) == sorted([post.text for post in sent] + ["one too many"])


def busy_server(stuck, disk, phone_text):
    """A phone's person with one write under way and one queued: the next is refused."""
    server = stuck(queue=QUEUE, queue_user=1)
    phone, other, cid = pair(server, "NOKIA7110")
    form = open_form(phone, cid)
    phone_text(phone, form, cid)
    disk.hold()
    sent = [Sent(phone, form, "first")]
    disk.wait_held()
    sent.append(Sent(phone, form, "second"))
    wait_queue(server, 1)
    return phone, other, cid, form, sent


def test_a_long_text_comes_back_to_a_phone(stuck, disk):
    """Too long for the form of a deck, and the queue takes no draft either: it is there, whole."""
    phone, other, cid, form, sent = busy_server(stuck, disk, lambda *_: None)
    text = ("a long text of a patient person. " * 12).strip()
    again = refused(phone, form, text)
    disk.release()
    assert [post.status() for post in sent] == [303, 303]
    phone.submit(again, m=text)
    assert texts(other, cid)[0] == text


def test_a_kept_text_stays_kept_when_the_queue_is_full(stuck, disk):
    """It is in the store already; a deck with all of it would be too long for the phone."""
    text = ("a text that fits no deck at all, of somebody with two thumbs. " * 30).strip()

    def keep(phone, form, cid):
        phone.post(cid, {"k": "", "m": text})
        phone.kept = phone.page.form(do="kept")
        assert phone.kept, phone.page.words
    phone, other, cid, _, sent = busy_server(stuck, disk, keep)
    page = phone.submit(phone.kept)
    assert page.status == 503 and T("resend.busy") in page.words, page.words
    again = page.form(do="kept")
    assert again, page.words
    disk.release()
    assert [post.status() for post in sent] == [303, 303]
    phone.submit(again)
    assert texts(other, cid) == [text, "second", "first"]


@pytest.mark.parametrize("face", FACES)
def test_a_name_typed_comes_back_too(stuck, disk, face):
    server = stuck(queue=QUEUE, queue_user=1)
    one, other, cid = pair(server, face)
    third = somebody(server)
    form = open_form(one, cid)
    asking = one.get("f").form(to="f", typed="name", do="ask")
    disk.hold()
    sent = [Sent(one, form, "first")]
    disk.wait_held()
    sent.append(Sent(one, form, "second"))
    wait_queue(server, 1)
    page = one.submit(asking, name=third.name)
    assert page.status == 503 and page.header("Retry-After") == "1", page.words
    again = page.form(to="f", typed="name", do="ask")
    assert again.value["name"] == third.name, again.value
    disk.release()
    assert [post.status() for post in sent] == [303, 303]
    one.submit(again, name=third.name)
    assert one.name in third.get("f").text


def test_pages_do_not_wait_for_the_disk(stuck, disk):
    """Of all kinds, in all faces, while a flush does not end; who has a form open can go on."""
    server = stuck()
    one, other, cid = pair(server)
    say(one, cid, "before")
    clients = [other] + [somebody_else(other, face) for face in FACES[1:]]
    form = open_form(one, cid)
    disk.hold()
    post = Sent(one, form, "on its way")
    disk.wait_held()
    for client in clients:
        assert "before" in texts(client, cid)
        for segment in ("./", "f", "o", cid):
            assert client.get(segment).status == 200
    disk.release()
    assert post.status() == 303
    assert texts(other, cid) == ["on its way", "before"]


def test_metrics_are_what_a_collector_reads(serve):
    server = serve()
    one, _, cid = pair(server)
    for n in range(5):
        say(one, cid, f"number {n}")
    page = server.client("JSON").request("GET", "/metrics", check=False)
    assert page.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    described, seen = {}, set()
    for line in page.body.decode().splitlines():
        if line.startswith("# HELP "):
            assert re.fullmatch(r"# HELP zhitiao_\w+ [A-Z].*\.", line), line
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in described and kind in ("counter", "gauge", "histogram")
            described[name] = kind
        else:
            name = re.fullmatch(r'(zhitiao_\w+)(?:\{le="[^"]+"\})? [0-9.e+-]+', line).group(1)
            family = name if name in described else re.sub("_(bucket|sum|count)$", "", name)
            assert (described[family] == "histogram") == (family != name), line
            assert (described[family] == "counter") == name.endswith("_total"), line
            seen.add(family)
    assert seen == set(described)


def test_histograms_agree_with_the_counters(serve):
    server = serve()
    one, _, cid = pair(server)
    for n in range(5):
        say(one, cid, f"number {n}")
    now = metrics(server)
    for name, counter in (("queue_wait", "commands"), ("command", "commands"), ("flush", "flushes")):
        name = f"zhitiao_{name}_seconds"
        buckets = [v for n, v in now.items() if n.startswith(name + "_bucket")]
        assert buckets == sorted(buckets), "cumulated"
        assert buckets[-1] == now[name + "_count"] == now[f"zhitiao_{counter}_total"]
        assert now[name + "_sum"] <= 1e-6 + now[name + "_count"] * 60
    assert now["zhitiao_batch_commands_sum"] == now["zhitiao_commands_total"]
    assert now["zhitiao_commands_total"] >= 2 + 2 + 2 + 5, "people, sessions, friendship, messages"
    assert somebody(server) and metrics(server)["zhitiao_commands_total"] > now["zhitiao_commands_total"]
