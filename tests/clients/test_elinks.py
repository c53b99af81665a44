"""The walk by a real elinks."""
from textbrowsers import Elinks
from textwalk import looks, url, walk


def test_the_walk(server):
    browser = Elinks(url(server))
    try:
        walk(browser, server)
    finally:
        browser.close()


def test_screens(server):
    looks(Elinks, server, "elinks")
