"""Chromium with scripts off: the walk, waiting, and how it looks at three sizes."""
import threading

import people
import pytest
from chromium import Chromium
from textwalk import url
from words import T

SIZES = {"240x320": (240, 320), "360x640": (360, 640), "desktop": (1200, 800)}


@pytest.fixture(scope="module")
def chromium():
    one = Chromium()
    yield one
    one.close()


@pytest.fixture
def browser(chromium):
    """As new: without cookies, cache and history of other tests."""
    chromium.forget()
    return chromium


def register(browser, server, name="chromium-person"):
    browser.open(url(server))
    browser.follow("a[href=register]")
    browser.fill("input[name=name]", name)
    browser.fill("input[name=password]", people.PASSWORD)
    browser.submit("register")
    browser.wait(T("inbox.empty"))


def with_friend(browser, server):
    friend = people.somebody(server, "NOKIA7110", name="friend-of-mine")
    browser.open(url(server, "f"))
    browser.fill("input[name=name]", friend.name)
    browser.submit("f", do="ask")
    browser.wait(T("notice.asked"))
    people.answer(friend)
    cid = people.talk(friend, "chromium-person")
    browser.open(url(server, cid))
    return friend, cid


def test_scripts_are_off(browser):
    browser.open("data:text/html,<body>plain<script>document.write('SCRIPT')</script>")
    assert browser.words == "plain"


def test_the_walk(browser, server):
    register(browser, server)
    friend, cid = with_friend(browser, server)
    browser.wait("friend-of-mine")
    browser.fill("textarea[name=m], input[name=m]", "你好 $(x) & <b>")
    browser.submit(cid)
    browser.wait(T("notice.sent"))
    browser.wait("你好 $(x) & <b>")
    assert people.texts(friend, cid) == ["你好 $(x) & <b>"]
    people.say(friend, cid, "好的")
    browser.wait("好的")
    browser.open(url(server, "o"))
    browser.submit("logout")
    browser.wait(T("do.signin"))
    browser.fill("input[name=name]", "chromium-person")
    browser.fill("input[name=password]", people.PASSWORD)
    browser.submit("login")
    browser.wait("好的")


def test_a_reload_after_sending_sends_nothing(browser, server):
    register(browser, server)
    friend, cid = with_friend(browser, server)
    browser.fill("textarea[name=m], input[name=m]", "once")
    browser.submit(cid)
    browser.wait(T("notice.sent"))
    browser.driver.refresh()
    browser.wait("once")
    browser.driver.back()
    browser.driver.forward()
    browser.wait("once")
    assert people.texts(friend, cid) == ["once"]


def test_the_back_key_and_the_same_form_again(browser, server):
    register(browser, server)
    friend, cid = with_friend(browser, server)
    browser.fill("textarea[name=m], input[name=m]", "pressed twice")
    browser.submit(cid)
    browser.wait(T("notice.sent"))
    browser.driver.back()
    browser.wait("friend-of-mine")
    browser.fill("textarea[name=m], input[name=m]", "pressed twice")
    browser.submit(cid)
    browser.wait("pressed twice")
    assert len(people.texts(friend, cid)) in (1, 2), "asked, or a page with a fresh key"


def test_waiting_for_news(browser, server):
    register(browser, server)
    friend, cid = with_friend(browser, server)
    browser.open(url(server, f"{cid}?live=link"))
    browser.wait(T("nav.wait"))
    clicking = threading.Thread(target=lambda: browser.follow("a[href*='w=']"), daemon=True)
    clicking.start()
    server.wait_held()
    people.say(friend, cid, "news in a held page")
    clicking.join(60)
    browser.wait("news in a held page")


def test_the_session_ends_and_the_text_comes_back(browser, server):
    register(browser, server)
    friend, cid = with_friend(browser, server)
    browser.fill("textarea[name=m], input[name=m]", "half written")
    other = server.client()
    other.name, other.password = "chromium-person", people.PASSWORD
    people.sign_in(other)
    other.get("o")
    other.submit(other.page.form(to="o", do="everywhere"))
    browser.submit(cid)
    browser.wait(T("do.signin"))
    browser.fill("input[name=name]", "chromium-person")
    browser.fill("input[name=password]", people.PASSWORD)
    browser.submit("login")
    browser.wait("friend-of-mine")
    box = browser.one("textarea[name=m], input[name=m]")
    assert box.get_attribute("value") == "half written" or box.text == "half written"
    browser.submit(cid)
    browser.wait(T("notice.sent"))
    assert people.texts(friend, cid) == ["half written"]


def test_the_newest_messages_are_seen_on_a_small_screen(browser, server):
    """Below the field and what it says of the last one: a talk is there to be read."""
    browser.resize(*SIZES["240x320"])
    register(browser, server)
    friend, cid = with_friend(browser, server)
    for text in ("the last but one", "the last of all"):
        people.say(friend, cid, text)
    browser.wait("the last of all")
    browser.fill("textarea[name=m]", "an answer")
    browser.submit(cid)
    browser.wait("an answer")
    assert browser.place_of("an answer") < browser.place_of("the last of all") < 300


@pytest.mark.parametrize("size", SIZES)
def test_no_page_scrolls_sideways(browser, server, size):
    browser.resize(*SIZES[size])
    browser.open(url(server))
    browser.shot(f"signin-{size}")
    register(browser, server)
    friend, cid = with_friend(browser, server)
    for text in ("Good morning", "今天天气很好，我们去公园吧。" * 6, "w" * 300,
                 "https://example.com/a/very/long/address/" + "x" * 120):
        people.say(friend, cid, text)
    for href, name in (("", "inbox"), ("f", "friends"), (cid, "talk"), ("o", "settings"),
                       ("u1", "person"), ("nothing", "error"), ("o?v=password", "password")):
        browser.open(url(server, href))
        browser.shot(f"{name}-{size}")
        wide = browser.wider_than_screen()
        assert wide <= 0, f"{name} is {wide} px wider than {size}"
