"""A page without end: what goes over the wire, when it ends and how it goes on."""
import random
import re
import socket

import pytest
import zt
from people import (befriend, message_form, pair, person, save, say, sign_out, somebody,
                    somebody_else)

LINE = re.compile(r"<li(?: class=\"o\")?><b>[^<]*</b> ([^<]*)</li>")
RENEWAL = re.compile(r"</ul><meta http-equiv=\"refresh\" content=\"(\d+);url=([^\"]+)\"/></body></html>")


class Stream:
    """A browser's frame: takes bytes as they come, and loads the picture in them."""

    def __init__(self, client, href, http="1.1", picture=True):
        self.client, self.data, self.ended = client, b"", False
        self.sock = socket.create_connection((client.server.host, client.server.port), timeout=30)
        head = client._head("GET", client.resolve(href), None, None)
        self.sock.sendall(head.replace(b" HTTP/1.1\r\n", f" HTTP/{http}\r\n".encode(), 1))
        self.wait("<body>")
        if picture and (probe := self.find(r"<img src=\"([^\"]+)\"")):
            page = client.request("GET", client.resolve(probe.replace("&amp;", "&")))
            assert page.status == 200 and page.type == "image/gif"

    def take(self):
        more = self.sock.recv(65536)
        self.data += more
        self.ended = not more
        return bool(more)

    @property
    def head(self):
        return self.data.partition(b"\r\n\r\n")[0].decode()

    @property
    def text(self):
        charset = re.search(r"charset=([\w-]+)", self.head).group(1)
        return self.data.partition(b"\r\n\r\n")[2].decode(charset, "ignore")

    def find(self, pattern):
        found = re.search(pattern, self.text)
        return found.group(1) if found else None

    def wait(self, words):
        while not self.data.endswith(b"\n") or words not in self.text:
            assert self.take(), f"ended without {words!r}: {self.text[-500:]}"
        return self

    def rest(self):
        while self.take():
            pass
        self.close()
        return self.text

    @property
    def lines(self):
        return LINE.findall(self.text)

    def close(self):
        self.sock.close()


def renewal(text):
    found = RENEWAL.search(text)
    assert found and text.rstrip().endswith("</html>"), f"no end that goes on: {text[-300:]}"
    return int(found.group(1)), found.group(2).replace("&amp;", "&")


def streaming(server, **kw):
    """Two friends; the first has chosen the stream.  The address of it, and all."""
    one, other, cid = pair(server, "CHROME", "CHROME", **kw)
    save(one, live="stream")
    one.draws_frames = False              # its frame is the test's
    return one, other, cid


def open_stream(one, cid, **kw):
    (href,) = one.get(cid).frames
    assert re.match(rf"{cid}\?v=stream&", href)
    return Stream(one, href, **kw)


def test_lines_come_as_they_are_written(serve):
    server = serve()
    one, other, cid = streaming(server)
    say(other, cid, "before")
    stream = open_stream(one, cid).wait("before")
    for n in range(3):
        say(other, cid, f"news {n} <b> & é")
        stream.wait(f"news {n} &lt;b&gt; &amp; é")
    say(one, cid, "my own")
    assert not re.search("Content-Length|chunked|Content-Encoding", stream.head, re.I)
    assert "Connection: close" in stream.head
    stream.close()


def test_what_is_typed_beside_it_is_a_page_that_never_moves(serve):
    one, other, cid = streaming(serve())
    page = one.get(cid)
    assert not page.refresh and message_form(one)
    assert "no-store" in page.header("Cache-Control"), "no two tabs with one address"
    assert one.get(cid).frames != page.frames


def test_it_is_renewed_after_a_while_and_goes_on(serve):
    server = serve(stream_s=100)
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    server.wait_held()
    server.advance(100_000)
    seconds, href = renewal(stream.rest())
    assert seconds == 0 and re.match(rf"{cid}\?v=stream&i=", href)
    say(other, cid, "in between")
    Stream(one, href).wait("in between").close()


def test_a_silent_line_is_kept_alive(serve):
    server = serve(stream_s=3600)
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    for _ in range(3):
        server.wait_held()
        before = len(stream.data)
        server.advance(20_100)
        assert stream.take() and stream.data[before:].strip() == b""
    stream.close()


def test_lines_that_have_arrived_count_as_read(serve):
    server = serve(stream_s=3600)
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    server.wait_held()
    say(other, cid, "on the screen")
    stream.wait("on the screen")
    second = somebody_else(one)
    assert "(1)" in second.get("./").words, "not at once"
    server.wait_held()
    server.advance(20_100)
    stream.take()
    assert "(1)" not in second.get("./").words
    stream.close()


def test_it_counts_as_a_hold(serve):
    server = serve()
    one, other, cid = streaming(server)
    streams = [open_stream(one, cid)]
    server.wait_held(1)
    streams.append(open_stream(one, cid))
    server.wait_held(2)
    streams.append(open_stream(one, cid))
    seconds, _ = renewal(streams[0].rest())
    assert 5 <= seconds <= 30, "the oldest gives way, and comes back after a while"
    zt.wait_until("two are left", lambda: server.held() == 2)
    for stream in streams[1:]:
        stream.close()
    zt.wait_until("hang-ups are seen", lambda: server.held() == 0)


def test_streams_that_went_leave_room_for_those_who_wait(serve):
    """A worker gets only so many holds to answer at a time (WAKES_AT_WORK); each stream that was
    woken, by news or by its end, must be taken off again."""
    server = serve(threads=1)
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    say(other, cid, "news")
    stream.wait("news").close()
    zt.wait_until("it is gone", lambda: server.held() == 0)
    for _ in range(70):
        stream = open_stream(one, cid)
        server.wait_held()
        stream.close()
        zt.wait_until("it is gone", lambda: server.held() == 0)
    stream = open_stream(one, cid)
    server.wait_held()
    say(other, cid, "still told")
    stream.wait("still told").close()


def test_a_stream_at_the_address_of_a_hold_is_a_stream(serve):
    """A line that gathered is given another chance in the middle of a chain of holds."""
    server = serve(hold_s=50)
    one, other, cid = streaming(server)
    version = re.search(r"w=([^&]+)", somebody_else(one, "JSON").get(cid).waits_on).group(1)
    stream = Stream(one, one.get(cid).frames[0] + "&w=" + version)
    server.wait_held(1)
    say(other, cid, "one hold, and news in it")
    stream.wait("news in it").close()
    zt.wait_until("nothing is left of it", lambda: server.held() == 0)


def test_fetched_ahead_it_is_a_page(serve):
    """Nobody looks, so nothing may count as read."""
    one, other, cid = streaming(serve())
    page = one.request("GET", one.resolve(f"{cid}?v=stream"), extra={"Sec-Purpose": "prefetch"})
    assert page.header("Content-Length")


def test_stop_ends_it_with_a_way_back(serve):
    server = serve()
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    server.wait_held()
    server.stop()
    seconds, _ = renewal(stream.rest())
    assert 5 <= seconds <= 30


def test_signing_out_ends_it_at_once(serve):
    server = serve()
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    server.wait_held()
    twin = one.copy()
    sign_out(twin)
    assert renewal(stream.rest())[0] == 0
    say(other, cid, "not for you")
    one.signed_in = False
    assert "not for you" not in one.request("GET", one.resolve(renewal(stream.text)[1])).text


def test_a_block_ends_it_at_once(serve):
    server = serve()
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    server.wait_held()
    person(other, one.name)
    other.submit(other.page.form(do="block"))
    assert renewal(stream.rest())[0] == 0


@pytest.mark.parametrize("preset", ["LYNX", "W3M", "NOKIA7110", "GBK", "JSON"])
def test_never_to_those_who_cannot(serve, preset):
    server = serve()
    one, other, cid = pair(server, preset)
    say(other, cid, "all of it")
    for query in ("v=stream", "v=stream&live=stream", "live=stream"):
        page = one.get(f"{cid}?{query}")
        assert page.header("Content-Length") == str(len(page.body)) and "all of it" in page.words


def test_never_over_http_1_0(serve):
    one, other, cid = streaming(serve())
    (href,) = one.get(cid).frames
    stream = Stream(one, href, http="1.0")
    stream.rest()
    assert "Content-Length" in stream.head and stream.text.rstrip().endswith("</html>")


def test_another_charset_holds_for_all_of_it(serve):
    server = serve()
    one, other, cid = streaming(server)
    save(one, cs="gbk")
    stream = open_stream(one, cid)
    assert "charset=gb" in stream.head.lower()
    say(other, cid, "你好，纸条 \U0001f600")
    stream.wait("你好，纸条 &#128512;")
    assert "你好，纸条".encode("gbk") in stream.data
    stream.close()


def test_a_long_text_goes_out_whole(serve):
    one, other, cid = streaming(serve())
    stream = open_stream(one, cid)
    for n in range(4):
        say(other, cid, f"{n}" + "长" * 2500)
    stream.wait("3" + "长" * 2500)
    assert [len(line) for line in stream.lines] == [2501] * 4
    stream.close()


def test_who_reads_late_gets_all_and_costs_little(serve):
    """200 messages of 6 KB while nobody takes any: the server makes no piece ahead."""
    server = serve(queue_user=1000)
    one, other, cid = streaming(server)
    stream = open_stream(one, cid)
    server.wait_held()
    fill = somebody_else(other, "JSON")
    for n in range(200):
        page = fill.get(cid)
        fill.submit(page.form(typed="m"), m=f"number {n} " + "x" * 6000)
    while not stream.text.rstrip().endswith("</li>") or "number 199 " not in stream.text:
        assert stream.take()
    assert [int(line.split()[1]) for line in stream.lines] == list(range(200))
    stream.close()


def test_no_gap_and_no_double_over_200_ends_and_cuts(serve):
    """Somebody writes all the while; the stream is ended by the server, cut by the client in the
    middle or begun anew.  Each view is without gap or double, and continues the one before."""
    server = serve(stream_s=1000)
    one, other, cid = streaming(server)
    writer = somebody_else(other, "JSON")
    random.seed(7)
    written, known = 0, -1
    (href,) = one.get(cid).frames

    def write():
        nonlocal written
        form = writer.get(cid).form(typed="m")
        assert writer.submit(form, m=f"number {written}").status == 200
        written += 1

    write()
    for turn in range(200):
        # Else wait_held below might see the last one, which was cut just now.
        zt.wait_until("nobody waits", lambda: server.held() == 0)
        stream = Stream(one, href)
        for _ in range(random.randint(0, 2)):
            write()
        way = random.choice(("end", "cut", "news"))
        if way == "end":
            server.wait_held()
            server.advance(1000_000)
            _, href = renewal(stream.rest())
        elif way == "news":
            stream.wait(f"number {written - 1}<")
        stream.close()
        numbers = [int(line.split()[1]) for line in stream.lines]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), (turn, way)
        assert numbers[0] <= known + 1, (turn, way, "a gap to the view before")
        assert numbers[-1] >= known, (turn, way, "less than the view before")
        known = numbers[-1]


# ---- lines that gather ----------------------------------------------------------

def test_a_line_that_gathers_is_noticed(serve):
    """The picture in the first piece is asked for only when the second is there, too."""
    server = serve()
    one, other, cid = streaming(server)
    stream = open_stream(one, cid, picture=False)
    server.wait_held()
    server.advance(4100)
    seconds, href = renewal(stream.rest())
    assert seconds == 0
    probe = stream.find(r"<img src=\"([^\"]+)\"").replace("&amp;", "&")
    assert one.request("GET", one.resolve(probe)).status == 200, "too late to count"
    page = one.request("GET", one.resolve(href))
    assert page.header("Content-Length"), "from here on it is a held page"
    assert page.waits_on
    assert one.get(cid).frames == [f"{cid}?v=log"]


def test_a_line_that_flows_is_asked_once(serve):
    server = serve()
    one, other, cid = streaming(server)
    open_stream(one, cid).close()
    stream = open_stream(one, cid)
    assert "<img" not in stream.text
    server.wait_held()
    server.advance(10_000)
    say(other, cid, "still here")
    stream.wait("still here").close()


def test_a_picture_for_nobody_changes_nothing(serve):
    server = serve()
    one, other, cid = streaming(server)
    one.request("GET", f"/{cid}?v=seen")
    assert "<img" in open_stream(one, cid, picture=False).text, "it is still to be found out"
    third = somebody(server)
    befriend(third, other)
    assert third.request("GET", f"/{cid}?v=seen").status == 404, "nor for those outside"
