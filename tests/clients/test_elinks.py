"""The walk by a real elinks."""
import people
import zt
from textbrowsers import Elinks
from textwalk import NAME, looks, register, url, walk
from words import T


def test_the_walk(server):
    browser = Elinks(url(server))
    try:
        walk(browser, server)
    finally:
        browser.close()


def test_screens(server):
    looks(Elinks, server, "elinks")


def in_a_talk(server):
    browser = Elinks(url(server))
    try:
        register(browser)
        friend = people.somebody(server, name="friend-of-mine")
        people.ask(friend, NAME)
        browser.wait(T("friends.requests"))
        browser.press(T("do.accept"))
        browser.wait(T("notice.accepted"))
        cid = people.talk(friend, NAME)
        browser.follow(T("nav.inbox"))
        browser.follow("friend-of-mine")
        browser.wait(T("talk.empty"))
        server.wait_held()
        return browser, friend, cid
    except BaseException:
        browser.close()
        raise


def test_a_hold_in_vain_begins_the_next(serve):
    server = serve(hold_s=50)
    browser, friend, cid = in_a_talk(server)
    try:
        for _ in range(3):
            before = server.status("resumed")
            server.advance(51_000)
            zt.wait_until("it came back", lambda: server.status("resumed") > before)  # noqa: B023
            server.wait_held()
        people.say(friend, cid, "after three rounds")
        browser.wait("after three rounds")
    finally:
        browser.close()


def test_a_server_that_stops_is_found_again_by_itself(serve):
    server = serve(hold_s=50)
    browser, friend, cid = in_a_talk(server)
    try:
        server.restart()
        friend.close()
        server.wait_held(deadline_s=60)
        people.say(friend, cid, "after the restart")
        browser.wait("after the restart")
    finally:
        browser.close()


def test_after_a_cut_the_page_stays_and_one_key_goes_on(serve):
    server = serve(hold_s=50)
    browser, friend, cid = in_a_talk(server)
    try:
        people.say(friend, cid, "before the crash")
        browser.wait("before the crash")
        server.wait_held()
        server.kill()
        browser.wait("Error")
        server.restart()
        friend.close()
        browser.keys("Enter")                    # its own message
        browser.wait_gone("Error")
        assert "before the crash" in browser.screen
        people.say(friend, cid, "after the crash")
        browser.follow("0." + T("nav.refresh"))
        browser.wait("after the crash")
        server.wait_held()
        people.say(friend, cid, "and live again")
        browser.wait("and live again")
    finally:
        browser.close()


def test_paused_it_shows_nothing_until_it_goes_on(serve):
    server = serve(hold_s=50)
    browser, friend, cid = in_a_talk(server)
    try:
        browser.follow(T("nav.pause"))
        browser.wait(T("nav.moving"))
        browser.wait(T("do.send"))               # at rest it has the form again
        people.say(friend, cid, "not shown yet")
        # elinks keeps the line of the page it left until it is answered, and shows nothing of it.
        zt.wait_until("nobody waits", lambda: server.held() == 0)
        assert "not shown yet" not in browser.steady()
        browser.follow(T("nav.moving"))
        browser.wait("not shown yet")
        server.wait_held()
    finally:
        browser.close()
