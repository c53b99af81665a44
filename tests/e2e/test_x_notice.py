"""The operator's notice: on top of every page, at once where somebody waits."""
import pytest
from people import pair, say, somebody

LONG = 50
TEXT = "Down tonight from 2 to 3 & <b>no longer</b> $5"
PAGES = ["./", "f", "o", "o?v=sessions", "o?v=more", "o?v=zone", "f?v=blocked"]


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "NOKIA7110", "JSON"])
def test_everybody_reads_it_on_every_page(serve, preset):
    server = serve()
    one, other, cid = pair(server, preset)
    say(other, cid, "hello")
    visitor = server.client(preset)
    before = one.get("./")
    server.ctl("notice", TEXT)
    for href in [*PAGES, cid, cid + "?v=form"]:
        page = one.get(href)
        assert (page.json["site"] if page.face == "json" else page.words).count(TEXT) == 1, href
    for href in ("/", "/register"):
        assert TEXT in visitor.get(href).words
    server.restart()
    one.close()
    assert TEXT in one.get("./").words, "a restart keeps it"
    server.ctl("notice")
    assert TEXT not in one.get("./").words
    assert one.page.words.count("\n") <= before.words.count("\n") + 1


@pytest.mark.parametrize("lang", ["en", "zh-CN", "zh-TW"])
def test_decks_have_room_for_a_long_one(shared, lang):
    """Every deck's budget is checked on the way; a phone shows the beginning."""
    one, other, cid = pair(shared, "NOKIA7110", cookies=True, lang=lang)
    for n in range(6):
        say(other, cid, f"{n} " + "\u4e2d\u6587" * 40)
    form = one.get("o?v=presence").form(to="o", do="presence")
    one.submit(form, status="\U0001f600" * 80)
    shared.ctl("notice", "\u7ef4\u62a4" * 50)
    for href in [*PAGES, "o?v=password", "o?v=live", "o?v=presence", "o?v=presence&p=2", cid, cid + "?v=form", cid + "-3"]:
        page = one.get(href)
        assert "\u7ef4\u62a4" * 10 in page.words and "\u7ef4\u62a4" * 11 not in page.words
    shared.ctl("notice")


def test_who_waits_sees_it_at_once(serve):
    server = serve(hold_s=LONG, threads=4)
    one, other, cid = pair(server)
    holds = [client.hold(client.get(href).waits_on)
             for client, href in ((one, cid), (other, "./"), (somebody(server, "JSON"), "f"))]
    server.wait_held(3)
    assert not any(held.answered for held in holds)
    server.ctl("notice", "first")
    assert all("first" in held.join(20).words for held in holds)


def test_a_browser_that_asks_again_sees_it(shared):
    one = somebody(shared)
    tag = one.get("f").header("ETag")
    shared.ctl("notice", "fresh")
    page = one.request("GET", "/f", extra={"If-None-Match": tag})
    assert page.status == 200 and "fresh" in page.words
    tag = page.header("ETag")
    assert one.request("GET", "/f", extra={"If-None-Match": tag}).status == 304
    shared.ctl("notice")


def test_what_is_no_notice_is_refused(shared):
    for text, why in (("x" * 301, "300 bytes"), ("\u4e2d" * 101, "300 bytes")):
        run = shared.ctl("notice", text, ok=False)
        assert run.returncode == 1 and why in run.stderr
    shared.ctl("notice", "tab\there   and more")
    assert "tab here and more" in somebody(shared).get("./").words
    shared.ctl("notice")
