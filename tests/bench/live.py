#!/usr/bin/env python3
"""From the POST of a message to the sight of it on the screen, in real clients of all
kinds: Chromium without scripts (held frame and stream), elinks, w3m and links2 told to
refresh, lynx by the link, a phone behind Kannel.  Prints a table; with --write FILE
puts it between the marks of that file.  Latency is reported here, never asserted.

    live.py [-n MESSAGES] [--write doc/live.md] [CLIENT...]
"""
import argparse
import os
import random
import re
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests", "clients"), os.path.join(ROOT, "tests", "e2e")]

import kannel  # noqa: E402
import people  # noqa: E402
import zt  # noqa: E402
from chromium import Chromium  # noqa: E402
from textbrowsers import Elinks, LinksTold, Lynx, W3mTold  # noqa: E402
from textwalk import NAME, register, url  # noqa: E402
from words import T  # noqa: E402

SEEN_S = 30                # later than that is not seen at all
PAUSE_S = (0.6, 1.4)       # between messages: as people write, under two a second


class Talk:
    """One server, one friend who writes, one client under the clock."""

    def __init__(self, server):
        self.server = server
        self.friend = people.somebody(server, "JSON", name="friend-of-mine")
        self.cid = None

    def befriend(self, name, accept):
        people.ask(self.friend, name)
        accept()
        self.cid = people.talk(self.friend, name)
        people.say(self.friend, self.cid, "the first line")

    def post(self, text):
        """Gives the time just before the POST left."""
        form = self.friend.get(self.cid).form(typed="m")
        body = self.friend.encode(form.filled({"m": text}))
        begun = time.monotonic()
        assert self.friend.request("POST", self.friend.resolve(self.cid), body).status == 303
        return begun


def until(seen):
    end = time.monotonic() + SEEN_S
    while not seen():
        if time.monotonic() > end:
            return None
        time.sleep(0.002)
    return time.monotonic()


def measure(talk, messages, wait, seen):
    """Seconds from POST to sight, None where it was not seen; `wait` readies the client."""
    out = []
    for n in range(messages):
        wait()
        talk.server.wait_held()
        time.sleep(random.uniform(*PAUSE_S))
        begun = talk.post(f"message-{n}-")
        at = until(lambda: seen(f"message-{n}-"))         # noqa: B023
        out.append(at - begun if at else None)
    return out


# ---- the clients ------------------------------------------------------------------

def other_self(talk, name):
    """Accepts for a client in which that would take long."""
    one = talk.server.client("CHROME")
    one.name, one.password = name, people.PASSWORD
    one.draws_frames = False
    people.sign_in(one)
    people.answer(one)


def terminal(kind, query, moves):
    def run(talk, messages):
        browser = kind(url(talk.server))
        try:
            register(browser)
            talk.befriend(NAME, lambda: accept_by_hand(talk))
            browser.open(url(talk.server, talk.cid + query))
            browser.wait("the first line")

            def ready():
                if not moves:
                    browser.follow(T("nav.wait"))
            return measure(talk, messages, ready, lambda text: text in browser.screen)
        finally:
            browser.close()
    return run


def accept_by_hand(talk):
    one = talk.server.client("JSON")
    one.name, one.password = NAME, "a long password 1"
    people.sign_in(one)
    people.answer(one)


def chromium(live):
    def run(talk, messages):
        browser = Chromium(strategy="none")
        try:
            browser.open(url(talk.server, "register"))
            browser.wait(T("register.password"))
            browser.fill("input[name=name]", "chromium-person")
            browser.fill("input[name=password]", people.PASSWORD)
            browser.submit("register")
            browser.wait(T("inbox.empty"))
            talk.befriend("chromium-person", lambda: other_self(talk, "chromium-person"))
            browser.open(url(talk.server, f"{talk.cid}?live={live}"))
            browser.wait("the first line")
            return measure(talk, messages, lambda: None, lambda text: text in browser.frame_words)
        finally:
            browser.close()
    return run


def phone(talk, messages):
    gate = kannel.Gateway()
    handset = None
    try:
        handset = kannel.Phone(gate, talk.server)
        people.register(handset, "phone-person")
        talk.befriend("phone-person", lambda: people.answer(handset))
        held = []

        def ready():
            handset.get(talk.cid)
            held[:] = [handset.hold(handset.page.link(r"[?&]w=").href)]

        def seen(text):
            return held[0].answered and text in held[0].join().words
        return measure(talk, messages, ready, seen)
    finally:
        if handset:
            handset.close()
        gate.close()


CLIENTS = {
    "chromium": ("Chromium, scripts off", "held refresh, in a frame", chromium("held")),
    "chromium-stream": ("Chromium, scripts off", "stream, in a frame", chromium("stream")),
    "elinks": ("elinks", "held refresh", terminal(Elinks, "", True)),
    "w3m": ("w3m `-o meta_refresh=1`", "held refresh", terminal(W3mTold, "?live=held", True)),
    "links2": ("links2 `-html-auto-refresh 1`", "held refresh",
               terminal(LinksTold, "?live=held", True)),
    "lynx": ("lynx", "held link", terminal(Lynx, "", False)),
    "phone": ("WAP phone through Kannel", "held link", phone),
}


# ---- the table --------------------------------------------------------------------

def rank(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def row(title, mode, seconds):
    good = [s for s in seconds if s is not None]
    shown = [f"{rank(good, share) * 1000:.0f} ms" for share in (0.5, 0.99)] if good else ["-", "-"]
    return f"| {title} | {mode} | {shown[0]} | {shown[1]} | {len(good)} of {len(seconds)} |"


def table(rows):
    return "\n".join(["| client | mode | p50 | p99 | seen |", "|---|---|---|---|---|", *rows])


def write(path, text):
    with open(path, encoding="utf-8") as f:
        old = f.read()
    new, n = re.subn(r"(<!-- bench-live -->\n).*?(\n<!-- end -->)",
                     lambda m: m[1] + text + m[2], old, flags=re.S)
    assert n == 1, f"{path} has no place for the table"
    with open(path, "w", encoding="utf-8") as f:
        f.write(new)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("-n", type=int, default=50, help="messages per client")
    parser.add_argument("--write", help="file with the marks of the table")
    parser.add_argument("clients", nargs="*", choices=[[], *CLIENTS])
    args = parser.parse_args()
    rows = []
    for name in args.clients or CLIENTS:
        title, mode, run = CLIENTS[name]
        server = zt.Server(hold_s=50)
        try:
            rows.append(row(title, mode, run(Talk(server), args.n)))
        finally:
            server.fini()
        print(rows[-1], flush=True)
    if args.write:
        write(args.write, table(rows))


if __name__ == "__main__":
    main()
