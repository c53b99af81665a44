"""Live without scripts in a real browser: the lines load themselves again in their frame, what is
typed beside it stays, and what happens when a hold is refused, cut or comes back in vain."""
import people
import pytest
import zt
from chromium import Chromium
from textwalk import url
from words import T

LONG = 50


@pytest.fixture(scope="module")
def chromium():
    one = Chromium()
    yield one
    one.close()


@pytest.fixture
def browser(chromium):
    chromium.forget()
    return chromium


def in_a_talk(browser, server, live=None):
    """The browser's person with a friend, in their talk; gives the friend and the talk."""
    browser.open(url(server, "register"))
    browser.wait(T("register.password"))
    browser.fill("input[name=name]", "chromium-person")
    browser.fill("input[name=password]", people.PASSWORD)
    browser.submit("register")
    browser.wait(T("inbox.empty"))
    friend = people.somebody(server, "NOKIA7110", name="friend-of-mine")
    people.ask(friend, "chromium-person")
    browser.open(url(server, "f"))
    browser.wait(T("friends.requests"))
    browser.submit("f", do="accept")
    browser.wait(T("notice.accepted"))
    cid = people.talk(friend, "chromium-person")
    people.say(friend, cid, "the first line")
    if live:
        browser.open(url(server, "o?v=live"))
        browser.wait(T("live_about"))
        browser.one(f"select[name=live] option[value={live}]").click()
        browser.submit("o", do="live")
        browser.wait(T("notice.saved"))
    browser.open(url(server, cid))
    server.wait_held()
    browser.wait("the first line", 60)
    return friend, cid


def typed(browser):
    return browser.one("textarea[name=m]").get_attribute("value")


def test_news_comes_by_itself_and_what_is_typed_stays(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    browser.one("textarea[name=m]").send_keys("half typed")
    for n in range(5):
        people.say(friend, cid, f"news {n}")
        browser.wait(f"news {n}")
        server.wait_held()
        assert typed(browser) == "half typed"
    browser.submit(cid)
    browser.wait(T("notice.sent"))
    browser.wait("half typed")
    assert people.texts(friend, cid)[0] == "half typed"


def test_the_inbox_moves_too(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    browser.open(url(server))
    browser.wait("the first line")
    for n in range(3):
        server.wait_held()
        people.say(friend, cid, f"seen in the inbox {n}")
        browser.wait(f"seen in the inbox {n}")
    server.wait_held()
    third = people.somebody(server, "NOKIA7110", name="somebody-new")
    people.ask(third, "chromium-person")
    browser.wait(T("friends.requests"))


def test_a_hold_in_vain_begins_the_next(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    for _ in range(3):
        before = server.status("resumed")
        server.advance(LONG * 1000 + 1000)
        zt.wait_until("it came back", lambda: server.status("resumed") > before)  # noqa: B023
        server.wait_held()
    people.say(friend, cid, "after three rounds")
    browser.wait("after three rounds")


def test_paused_nothing_moves_until_it_goes_on(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    browser.follow_in_frame(T("nav.pause"))
    browser.wait(T("nav.moving"))
    zt.wait_until("nobody waits", lambda: server.held() == 0)
    people.say(friend, cid, "not shown yet")
    assert "not shown yet" not in browser.frame_words
    browser.follow_in_frame(T("nav.moving"))
    browser.wait("not shown yet")
    server.wait_held()
    people.say(friend, cid, "and on it goes")
    browser.wait("and on it goes")


def test_a_server_that_restarts_is_found_again_by_itself(browser, serve):
    """Those who were held got a page that comes back after a while."""
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    browser.one("textarea[name=m]").send_keys("kept through it")
    server.restart()
    friend.close()
    server.wait_held(deadline_s=60)
    people.say(friend, cid, "after the restart")
    browser.wait("after the restart")
    assert typed(browser) == "kept through it"


def test_a_cut_hold_is_mended_by_the_link_outside(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    browser.one("textarea[name=m]").send_keys("kept through it")
    server.kill()
    server.restart()
    friend.close()
    people.say(friend, cid, "after the crash")
    browser.follow("a[target=log]")
    browser.wait("after the crash")
    server.wait_held()
    people.say(friend, cid, "and live again")
    browser.wait("and live again")
    assert typed(browser) == "kept through it"


def test_a_session_that_ends_leaves_nothing_in_the_frame(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    people.say(friend, cid, "private words")
    browser.wait("private words")
    other = server.client()
    other.name, other.password = "chromium-person", people.PASSWORD
    people.sign_in(other)
    other.get("o")
    other.submit(other.page.form(to="o", do="everywhere"))
    browser.wait(T("do.signin"))
    assert "private words" not in browser.frame_words


def test_the_choice_sticks(browser, serve):
    server = serve(hold_s=LONG)
    friend, cid = in_a_talk(browser, server)
    browser.open(url(server, "o?v=live"))
    browser.one("select[name=live] option[value=link]").click()
    browser.submit("o", do="live")
    browser.wait(T("notice.saved"))
    browser.open(url(server, cid))
    browser.wait(T("nav.wait"))
    assert not browser.all("iframe")


# ---- pages without end ------------------------------------------------------------

@pytest.fixture(scope="module")
def impatient():
    """Does not wait until a page has loaded: one with an endless frame never has."""
    one = Chromium(strategy="none")
    yield one
    one.close()


@pytest.fixture
def streamer(impatient):
    impatient.forget()
    return impatient


def in_a_stream(browser, server):
    return in_a_talk(browser, server, "stream")


def test_a_stream_shows_lines_as_they_come(streamer, serve):
    server = serve()
    friend, cid = in_a_stream(streamer, server)
    streamer.one("textarea[name=m]").send_keys("half typed")
    for n in range(3):
        people.say(friend, cid, f"news {n}")
        streamer.wait(f"news {n}")
    assert typed(streamer) == "half typed"
    assert streamer.frame_words.count("the first line") == 1
    top, bottom = (streamer.place_of(text) for text in ("news 2", "the first line"))
    assert top < bottom, "the newest is in view"


def test_a_stream_renews_itself(streamer, serve):
    server = serve(stream_s=1000)
    friend, cid = in_a_stream(streamer, server)
    streamer.one("textarea[name=m]").send_keys("half typed")
    for n in range(3):
        before = server.status("resumed")
        server.advance(1000_000)
        zt.wait_until("it ended", lambda: server.status("resumed") > before)  # noqa: B023
        server.wait_held()
        people.say(friend, cid, f"round {n}")
        streamer.wait(f"round {n}")
    assert streamer.frame_words.count("round 0") == 1
    assert typed(streamer) == "half typed"


def test_a_cut_stream_is_mended_by_the_link_outside(streamer, serve):
    server = serve()
    friend, cid = in_a_stream(streamer, server)
    streamer.one("textarea[name=m]").send_keys("kept through it")
    server.kill()
    server.restart()
    friend.close()
    people.say(friend, cid, "after the crash")
    streamer.follow("a[target=log]")
    streamer.wait("after the crash")
    server.wait_held()
    people.say(friend, cid, "and live again")
    streamer.wait("and live again")
    assert typed(streamer) == "kept through it"


def test_a_stopped_server_is_found_again_by_the_stream(streamer, serve):
    server = serve()
    friend, cid = in_a_stream(streamer, server)
    server.restart()
    friend.close()
    server.wait_held(deadline_s=60)
    people.say(friend, cid, "after the restart")
    streamer.wait("after the restart")
