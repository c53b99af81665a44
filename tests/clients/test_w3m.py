"""The walk by a real w3m."""
from textbrowsers import W3m, W3mTold
from textwalk import looks, told_to_refresh, url, walk


def test_the_walk(server):
    browser = W3m(url(server))
    try:
        walk(browser, server)
    finally:
        browser.close()


def test_screens(server):
    looks(W3m, server, "w3m")


def test_told_to_refresh_it_waits_by_itself(serve):
    told_to_refresh(W3mTold, serve(hold_s=50))
