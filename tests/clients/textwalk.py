"""The walk of a person at a terminal, the same for lynx, w3m, links2 and elinks:
register, accept a friend, write, read, wait for news, sign out and in again.
The other side is a client of tests/e2e."""
import os
import re

import people
from words import T
from zt import wait_until

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
NAME, PASSWORD = "terminal-person", "a long password 1"


def url(server, path=""):
    return f"http://{server.host}:{server.port}/{path}"


def register(browser):
    browser.wait(T("do.signin"))
    browser.follow(T("nav.register"))
    browser.wait(T("do.register"))
    browser.fill(0, NAME)
    browser.fill(1, PASSWORD)
    browser.press(T("do.register"))
    browser.wait(T("inbox.empty"))


def sign_in(browser):
    browser.wait(T("field.password"))
    browser.fill(0, NAME)
    browser.fill(1, PASSWORD)
    browser.press(T("do.signin"), nth=-1)
    browser.wait(T("title.inbox"))


def walk(browser, server, chinese="你好，中文"):
    """All of it; `chinese` is what this browser can show of Chinese."""
    register(browser)
    friend = people.somebody(server, name="friend-of-mine")

    people.ask(friend, NAME)
    browser.follow("0." + T("nav.refresh"))
    browser.wait(T("friends.requests"))
    browser.press(T("do.accept"))
    browser.wait(T("notice.accepted"))
    cid = people.talk(friend, NAME)

    people.say(friend, cid, "first words " + chinese)
    browser.follow(T("nav.inbox"))
    browser.wait(("first words " + chinese).strip())
    browser.follow("friend-of-mine")
    browser.wait(live_link(browser))
    browser.wait("first words")

    write(browser, "answer from the terminal & <b> $5")
    stored = people.texts(friend, cid)[0].rstrip("\n")     # an editor may end the last line
    assert stored == "answer from the terminal & <b> $5"
    browser.wait("answer from the terminal & <b> $5")

    news(browser, server, friend, cid)

    browser.follow(T("nav.settings"))
    browser.wait(T("do.signout"))
    browser.press(T("do.signout"))
    browser.wait(T("field.password"))
    sign_in(browser)
    browser.wait("news by a held page")
    return friend, cid


def live_link(browser):
    """What stands first on a talk: how its news comes."""
    return T("nav.pause") if browser.moves else T("nav.wait")


def write(browser, text):
    if T("do.send") not in browser.steady():
        browser.follow(T("nav.write"))
        browser.wait(T("do.send"))
    browser.fill(0, text)
    browser.press(T("do.send"))
    browser.wait(T("notice.sent"))


def news(browser, server, friend, cid):
    """The link "wait for news", or a page that goes on by itself, is answered when there is some."""
    if not browser.moves:
        browser.follow(T("nav.wait"))
    server.wait_held()
    people.say(friend, cid, "news by a held page")
    browser.wait("news by a held page")


def told_to_refresh(make, server):
    """A program that refreshes only if told to: one link, and pages wait by themselves; kept by
    the button that stands there then."""
    browser = make(url(server))
    try:
        register(browser)
        friend = people.somebody(server, name="friend-of-mine")
        people.ask(friend, NAME)
        browser.follow("0." + T("nav.refresh"))
        browser.wait(T("friends.requests"))
        browser.press(T("do.accept"))
        browser.wait(T("notice.accepted"))
        cid = people.talk(friend, NAME)
        browser.follow(T("nav.inbox"))
        browser.follow("friend-of-mine")
        browser.follow(T("nav.moving"))
        browser.wait(T("do.keep_live"))
        for n in range(3):
            server.wait_held()
            people.say(friend, cid, f"by itself {n}")
            browser.wait(f"by itself {n}")
    finally:
        browser.close()


def masked(screen):
    """Without what differs from run to run: times, days, ports, the mark of the cursor."""
    screen = re.sub(r"\d\d:\d\d:\d\d", "HH:MM:SS", screen)
    screen = re.sub(r"\b\d\d:\d\d\b", "HH:MM", screen)
    screen = re.sub(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD", screen)
    screen = re.sub(r"127\.0\.0\.1:\d+", "HOST", screen)
    screen = re.sub(r"[?&][wx]=[\w.]*", "", screen)
    # elinks: what the mark is on, until the page that it waits for is asked for.
    screen = re.sub(r"\n(Request sent|http://HOST/\S*)\s*$", "\nSTATUS", screen)
    return "\n".join(line.rstrip() for line in screen.rstrip().split("\n")) + "\n"


def golden(browser, name):
    """The screen is as it was when somebody looked at it; ZT_GOLDEN=write renews it."""
    path = os.path.join(GOLDEN, name + ".txt")
    screen = masked(browser.steady())
    if os.environ.get("ZT_GOLDEN") == "write":
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(screen)
    assert os.path.exists(path), f"{path} is missing (ZT_GOLDEN=write makes it):\n{screen}"
    with open(path, encoding="utf-8") as f:
        wanted = f.read()
    assert screen == wanted, f"{path} differs (ZT_GOLDEN=write renews it):\n{screen}"


def looks(make, server, name):
    """Golden screens of 80x24: sign-in, empty inbox, a talk in two languages."""
    browser = make(url(server), rows=24)
    try:
        browser.wait(T("do.signin"))
        golden(browser, name + "-signin")
        register(browser)
        golden(browser, name + "-inbox-empty")
        friend = people.somebody(server, name="friend-of-mine")
        people.ask(friend, NAME)
        browser.follow("0." + T("nav.refresh"))
        browser.wait(T("do.accept"))
        golden(browser, name + "-request")
        browser.press(T("do.accept"))
        browser.wait(T("notice.accepted"))
        cid = people.talk(friend, NAME)
        for n, text in enumerate(("Good morning", "Good <night> & $5 http://example.com/", "third")):
            people.say(friend, cid, text)
            wait_until("stored", lambda n=n: len(people.texts(friend, cid)) == n + 1)
        browser.follow(T("nav.inbox"))
        browser.wait("third")
        browser.follow("friend-of-mine")
        browser.wait(live_link(browser))
        golden(browser, name + "-talk")
        screen = browser.screen
        assert "third" in screen, "the newest message is on the first screen"
        assert T("do.send") in screen or T("nav.write") in screen, "and the way to answer"
    finally:
        browser.close()
