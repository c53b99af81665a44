"""The walk by a real links2, which shows no Chinese in a terminal but sends and keeps it."""
import people
from textbrowsers import Links, LinksTold
from textwalk import looks, told_to_refresh, url, walk


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


def test_told_to_refresh_it_waits_by_itself(serve):
    told_to_refresh(LinksTold, serve(hold_s=50))
