"""Live without scripts: ETag and 304, the held link, and all that must end a hold."""
import re

import pytest
from people import (ask, befriend, friends, has_sign_in, message_form, pair, person, save, say, sign_out,
                    somebody, somebody_else, talk)
from words import T

LONG = 50      # seconds of hold where the test brings the news itself


def wait_href(client, href):
    page = client.get(href)
    assert page.waits_on, f"nothing to wait on: {page} {[l.href for l in page.links]}"
    return page.waits_on


def test_a_page_unchanged_is_a_304(shared):
    one, other, cid = pair(shared)
    for href in (cid, "./", "f"):
        one.get(href)
        page = one.get(href)
        tag = page.header("ETag")
        assert tag, href
        again = one.request("GET", page.url, extra={"If-None-Match": tag})
        assert again.status == 304 and again.body == b"", href
        assert again.header("ETag") in ("", tag)
    say(other, cid, "moved")
    for href in (cid, "./"):
        again = one.request("GET", "/" + href.removeprefix("./"), extra={"If-None-Match": tag})
        assert again.status == 200, href


def test_etags_lists_and_stars(shared):
    one, other, cid = pair(shared)
    one.get(cid)
    tag = one.get(cid).header("ETag")
    for value, status in ((f'"x", {tag}', 304), ('W/"nonsense"', 200), ('"', 200), ("", 200),
                          (tag.removeprefix("W/"), 304)):
        page = one.request("GET", "/" + cid, extra={"If-None-Match": value})
        assert page.status == status, value


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "W3M", "NOKIA7110", "JSON", "GBK"])
def test_news_ends_the_hold(serve, preset):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server, preset)
    held = one.hold(wait_href(one, cid))
    server.wait_held()
    say(other, cid, "here is news")
    page = held.join()
    assert page.status == 200 and "here is news" in page.words


def test_the_inbox_wakes_too(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    held = one.hold(wait_href(one, "./"))
    server.wait_held()
    say(other, cid, "for the inbox")
    assert "for the inbox" in held.join().words


def test_a_friend_request_wakes_the_inbox(serve):
    server = serve(hold_s=LONG)
    one, other = somebody(server), somebody(server)
    held = one.hold(wait_href(one, "./"))
    server.wait_held()
    ask(other, one.name)
    assert other.name in held.join().words


def test_after_the_hold_time_the_page_comes_as_it_is(serve):
    server = serve(hold_s=2)
    one, other, cid = pair(server)
    say(other, cid, "old news")
    held = one.hold(wait_href(one, cid))
    page = held.join(30)
    assert page.status == 200 and "old news" in page.words
    assert page.waits_on, "and can be waited on again"


def test_the_clock_ends_a_hold(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    held = one.hold(wait_href(one, cid))
    server.wait_held()
    server.advance(LONG * 1000 + 1000)
    assert held.join().status == 200


def test_news_between_page_and_wait_is_answered_at_once(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    href = wait_href(one, cid)
    say(other, cid, "in between")
    assert "in between" in one.hold(href).join(20).words


@pytest.mark.parametrize("v", ["", "x", "1", "1.1", "0.0", "99999999.1", "1.99999999999", ".", "1.2.3.4.5.6",
                               "%00", "-1.-1"])
def test_malformed_and_foreign_versions_answer_at_once(serve, v):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    page = one.hold(f"{cid}?w={v}").join(20)
    assert page.status in (200, 400)


def test_a_version_of_the_future_answers_at_once(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    epoch, _, rest = wait_href(one, cid).partition("w=")[2].partition(".")
    assert one.hold(f"{cid}?w={epoch}.999999.0.0.abcd").join(20).status == 200


def test_a_version_from_before_a_restart_answers_at_once(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    href = wait_href(one, cid)
    server.restart()
    one.close()
    assert one.hold(href).join(20).status == 200


def test_stop_answers_the_held(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    holds = [one.hold(wait_href(one, cid)), other.hold(wait_href(other, "./"))]
    server.wait_held(2)
    server.stop()
    for held in holds:
        page = held.join(20)
        assert page.status == 200 and not has_sign_in(page)


def test_what_ends_a_session_ends_its_holds(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    say(other, cid, "private words")
    held = one.hold(wait_href(one, cid))
    held.client.signed_in = False
    server.wait_held()
    sign_out(one)
    page = held.join(20)
    assert has_sign_in(page) or page.status != 200
    assert "private words" not in page.text


def test_losing_a_friend_wakes_the_page(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    held = one.hold(wait_href(one, cid))
    server.wait_held()
    person(other, one.name)
    other.submit(other.page.form(do="remove"))
    assert held.join(20).status == 200
    assert not one.get("f").link(text=other.name)


def test_a_held_page_never_holds_an_input(serve):
    server = serve(hold_s=1)
    one, other, cid = pair(server)
    for preset in ("CHROME", "LYNX", "NOKIA7110", "W3M"):
        client = somebody_else(one, preset)
        page = client.hold(wait_href(client, cid)).join(20)
        assert not page.form(typed="m"), preset
        if page.link(r"v=form"):
            client.page = page
        else:
            client.get(cid)            # it is the frame of a page with a form
        client.submit(message_form(client), m=f"by {preset}")
        assert f"by {preset}" in client.page.words


@pytest.mark.parametrize("extra,method", [
    ({}, "HEAD"), ({"Sec-Purpose": "prefetch"}, "GET"), ({"Purpose": "prefetch"}, "GET"),
    ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, "GET")])
def test_what_nobody_looks_at_is_not_read(serve, extra, method):
    server = serve()
    one, other, cid = pair(server)
    say(other, cid, "unread")
    for _ in range(2):
        one.request(method, f"/{cid}", extra=extra, check=False)
    assert "(1)" in one.get("./").words
    one.get(cid)
    assert "(1)" not in one.get("./").words


def test_head_is_get_without_body(shared):
    one, other, cid = pair(shared)
    say(other, cid, "x")
    for href in ("./", "f", "o", cid, "unknown-page", "/-/nothing"):
        get = one.get(href)
        head = one.request("HEAD", get.url)
        assert head.status == get.status and head.body == b"", href
        for name in ("Content-Type", "Content-Length", "Cache-Control"):
            assert head.header(name) == get.header(name), (href, name)


def test_a_hold_counts_as_read_when_the_next_request_proves_it(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    held = one.hold(wait_href(one, cid))
    server.wait_held()
    say(other, cid, "seen in a hold")
    page = held.join()
    second = somebody_else(one)
    assert "(1)" in second.get("./").words, "not before"
    one.page = page
    held = one.hold(page.waits_on)
    server.wait_held()
    assert "(1)" not in second.get("./").words
    server.advance(LONG * 1000 + 1000)
    held.join()


def waits_on(client, *hrefs):
    """Holds these pages, one after the other; of somebody without friends, whom no news wakes."""
    holds = []
    for href in hrefs:
        holds.append(client.hold(wait_href(client, href)))
        client.server.wait_held(min(len(holds), 2 if client.preset == "CHROME" else 1))
    return holds


def test_two_holds_of_one_browser_and_not_six(serve):
    server = serve(hold_s=LONG)
    one, other = somebody(server), somebody(server)
    holds = waits_on(one, "./", "f", "./")
    first = holds[0].join(20)
    assert first.status == 200, "the oldest is answered"
    assert server.held() == 2
    one.get("o")
    assert other.name in ask(one, other.name).words, "posts go through"
    server.advance(LONG * 1000 + 1000)
    for held in holds[1:]:
        held.join()


def test_a_phone_holds_one(serve):
    server = serve(hold_s=LONG)
    holds = waits_on(somebody(server, "NOKIA7110"), "./", "f")
    holds[0].join(20)
    assert server.held() == 1
    server.advance(LONG * 1000 + 1000)
    holds[1].join()


def test_timed_refresh_only_if_chosen_and_never_beside_an_input(shared):
    one, other, cid = pair(shared)
    assert not one.get(cid).refresh
    save(one, live="30")
    page = one.get("./").moving
    assert page.refresh.startswith("30"), page.refresh
    assert one.get(cid).moving.refresh.startswith("30")
    page = one.get(cid)
    assert not (page.refresh and page.form(typed="m"))
    phone = somebody_else(one, "NOKIA7110")
    save(phone, live="60")
    assert phone.get("./").refresh == "600", "in tenths of a second"


def test_a_refresh_link_on_every_talk(shared):
    one, other, cid = pair(shared, "LYNX", "NOKIA7110")
    for client in (one, other):
        page = client.get(cid)
        link = page.link(text=T("nav.refresh"))
        assert link and link.href.startswith(cid)
        assert client.get(link.href).status == 200


def test_many_wait_on_the_same_talk(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    clients = [somebody_else(one, p) for p in ("CHROME", "LYNX", "NOKIA7110", "JSON")]
    holds = [c.hold(wait_href(c, cid)) for c in clients]
    server.wait_held(len(holds))
    say(other, cid, "for all of you")
    for held in holds:
        assert "for all of you" in held.join().words


def test_a_hang_up_frees_the_place(serve):
    import zt
    server = serve(hold_s=LONG)
    one, other = friends(server)
    held = one.hold(wait_href(one, "./"))
    server.wait_held()
    held.client._sock.shutdown(2)
    zt.wait_until("nobody is held", lambda: server.held() == 0)


@pytest.mark.parametrize("preset", ["LYNX", "NOKIA7110", "CHROME", "JSON"])
def test_a_page_to_write_says_how_much_came_since(serve, preset):
    """It never moves; when it is fetched it tells."""
    server = serve()
    one, other, cid = pair(server, preset)
    one.get(cid)
    assert not re.search(r"New\W+\d", one.get(f"{cid}?v=form").words)
    for n in range(3):
        say(other, cid, f"while you write {n}")
    page = one.get(f"{cid}?v=form")
    assert page.json["news"] == 3 if preset == "JSON" else re.search(T("talk.news") + r"(: |\()3", page.words)
    assert not page.refresh and page.form(typed="m")
    one.get(cid)
    assert not re.search(r"New\W+3", one.get(f"{cid}?v=form").words)


@pytest.mark.parametrize("preset, wanted", [
    ("CHROME", dict(frames=True)), ("LYNX", dict(link=True)), ("W3M", dict(link=True, moving=True)),
    ("NOKIA7110", dict(link=True)), ("GBK", dict(link=True, moving=True))])
def test_each_kind_of_client_has_its_own_way(shared, preset, wanted):
    one, other, cid = pair(shared, preset)
    say(other, cid, "hello")
    page = one.get(cid)
    assert bool(page.frames) == wanted.get("frames", False)
    assert not page.refresh, "the page with the form stays quiet"
    assert bool(page.link(text=T("nav.wait"))) == wanted.get("link", False)
    assert bool(page.link(text=T("nav.moving"))) == wanted.get("moving", False)


def test_one_link_switches_and_a_form_keeps_it(shared):
    one, other, cid = pair(shared, "W3M")
    say(other, cid, "hello")
    one.get(cid)
    page = one.click(text=T("nav.moving"))
    assert page.refresh.startswith("0;url=") and "live=held" in page.waits_on
    assert not page.form(typed="m") and page.link(r"v=form"), "nothing is typed where it moves"
    assert page.link(text=T("nav.wait")), "for those whose program was not told to go on"
    assert "no-store" in page.header("Cache-Control"), "no two tabs with one address to wait on"
    one.submit(page.form(to="o", do="live"))
    page = one.get(cid)
    assert page.refresh.startswith("0;url=") and "live=" not in page.refresh
    page = one.click(text=T("nav.pause"))
    assert not page.refresh and page.form(typed="m")
    assert somebody_else(one, "LYNX").get(cid).link(text=T("nav.wait")), "of another program: its own way"
    assert not somebody_else(one, "CHROME").get(cid).refresh


def test_the_frame_leads_out_of_itself_and_says_its_time(shared):
    one, other, cid = pair(shared)
    say(other, cid, "see http://example.org/")
    log = one.get(cid).parts[0]
    assert log.url == f"/{cid}?v=log" and '<base target="_top"/>' in log.text
    assert re.search(T("foot.asof") + r" \d\d:\d\d:\d\d", log.words)
    assert log.links[0].text.endswith(T("nav.pause")), "the first thing to be reached"
    frame = re.search(r"<iframe [^>]*>", one.page.text).group()
    assert f'title="{T("talk.log")}"' in frame and 'name="log"' in frame
    assert one.page.link(text=T("nav.reconnect"))
    assert one.page.text.index("<iframe") < one.page.text.index(T("nav.reconnect")), \
        "what few need stands below"


def test_the_inbox_is_two_parts_where_frames_are(shared):
    one, other, cid = pair(shared)
    say(other, cid, "hello in the inbox")
    page = one.get("./")
    assert not page.refresh and page.frames == ["./?v=log"] and "hello" not in page.own_words
    assert "hello in the inbox" in page.words and page.parts[0].refresh.startswith("0;url=")
    assert not re.search(r"\(\d\)", page.own_words + page.text.partition("</title>")[0]), \
        "the quiet part has no numbers that grow old"
    assert page.parts[0].links[0].text.endswith(T("nav.pause"))
    assert "hello in the inbox" in one.get("./?live=link").own_words


def test_news_elsewhere_stands_behind_the_way_to_pause(shared):
    one, other, cid = pair(shared)
    third = somebody(shared)
    befriend(third, one)
    say(third, talk(third, one.name), "elsewhere")
    log = one.get(cid).parts[0]
    assert T("bar.talks") in log.words and log.links[0].text.endswith(T("nav.pause"))


def test_an_evicted_hold_comes_back_after_a_while(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    holds = waits_on(one, cid, cid, cid)
    page = holds[0].join(20)
    seconds, _, url = page.refresh.partition(";url=")
    assert 5 <= int(seconds) <= 30 and url.endswith(f"{cid}?v=log")
    server.advance(LONG * 1000 + 1000)
    for held in holds[1:]:
        assert held.join().refresh.startswith("0;url=")
