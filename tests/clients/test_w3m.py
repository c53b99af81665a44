"""The walk by a real w3m."""
from textbrowsers import W3m
from textwalk import looks, url, walk


def test_the_walk(server):
    browser = W3m(url(server))
    try:
        walk(browser, server)
    finally:
        browser.close()


def test_screens(server):
    looks(W3m, server, "w3m")
