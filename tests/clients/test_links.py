"""The walk by a real links2, which shows no Chinese in a terminal but sends and keeps it."""
import people
from textbrowsers import Links
from textwalk import looks, url, walk


def test_the_walk(server):
    browser = Links(url(server))
    try:
        friend, cid = walk(browser, server, chinese="")
        people.say(friend, cid, "中文 and more")
        browser.follow("friend-of-mine")
        browser.wait("and more")
    finally:
        browser.close()


def test_screens(server):
    looks(Links, server, "links2")
