"""The walk by a real lynx."""
from textbrowsers import Lynx, LynxWithoutCookies
from textwalk import looks, url, walk


def test_the_walk(server):
    browser = Lynx(url(server))
    try:
        walk(browser, server)
    finally:
        browser.close()


def test_screens(server):
    looks(Lynx, server, "lynx")


def test_the_walk_with_cookies_refused(server):
    """lynx asks about each cookie; this person always says no."""
    browser = LynxWithoutCookies(url(server))
    try:
        walk(browser, server)
        assert browser.refused, "it was asked"
    finally:
        browser.close()
