"""lynx, w3m, links2 and elinks behind one set of words: fill the nth field,
follow or press what is written on the screen.  Each class holds what is
peculiar to its program; facts/clients.md section 5 has the measured rest."""
import os
import re
import stat
import tempfile
import time

from kannel import need
from term import DEADLINE_S, Term, width


class TextBrowser(Term):
    program = package = ""
    moves = False                 # loads pages again by itself, so that they wait without a link
    forth, back = "Down", "Up"
    goto, goto_prompt = "g", ""

    def __init__(self, url, rows=50):
        need({f"/usr/bin/{self.program}": self.package})
        self.home = tempfile.mkdtemp(prefix="zt.home.")
        super().__init__([self.program, *self.flags(), url], rows=rows, home=self.home)
        try:
            self.settle()
        except BaseException:
            self.close()
            raise

    def flags(self):
        return []

    def settle(self):
        """Past whatever the program asks on its first start in an empty home."""

    def open(self, url):
        """Types an address, as everybody does once."""
        self.leave()
        self.keys(self.goto)
        self.wait(self.goto_prompt)
        self.keys("C-u")
        self.type(url)
        self.keys("Enter")

    def leave(self):
        """Out of a text field, so that keys are commands."""

    def follow(self, text, nth=0):
        """Goes to the link or button where `text` is written and enters it."""
        self.wait(text)
        self.steady()
        place = self.place(text, nth)
        assert place, f"{text!r} number {nth} is not on the screen\n{self.dump()}"
        self.focus(place, width(text), self.forth, self.back)
        self.keys("Enter")

    press = follow

    def fields(self):
        """Where text fields begin: runs of underscores, the rows of a text area as one."""
        out, last = [], {}
        for row, line in enumerate(self.steady().split("\n")):
            now = {}
            for m in re.finditer(r"[^\s:_]*_{3,}", line):
                column = width(line[:m.start()])
                if column not in last:
                    out.append((row, column))
                now[column] = True
            last = now
        return out

    def fill(self, nth, text):
        """Types into the nth text field of the page."""
        end = time.monotonic() + DEADLINE_S
        while len(fields := self.fields()) <= nth:
            assert time.monotonic() < end, f"no field {nth}\n{self.dump()}"
        self.focus(fields[nth], 3, self.forth, self.back)
        self.edit(text)

    def edit(self, text):
        self.keys("C-u")
        self.type(text)
        self.steady()


class Lynx(TextBrowser):
    """With -tna a field is entered by Enter, so that keys stay commands."""
    program, package = "lynx", "lynx"
    goto_prompt = "URL to open"
    cookies = True

    def flags(self):
        return ["-nopause", "-tna"] + (["-accept_all_cookies"] if self.cookies else [])

    def edit(self, text):
        self.keys("Enter")
        self.wait_gone("Inactive")
        super().edit(text)
        self.keys("Tab")
        self.steady()


class LynxWithoutCookies(Lynx):
    cookies = False
    refused = 0

    def wait(self, what, deadline_s=25):
        """Answers N to each question about a cookie, as a person who refuses does."""
        inner = super().wait

        def seen(screen):
            if "Allow? (Y/N/" in screen:
                self.keys("n")
                self.refused += 1
                return False
            return what in screen if isinstance(what, str) else \
                what.search(screen) if isinstance(what, re.Pattern) else what(screen)
        return inner(seen, deadline_s)


class W3m(TextBrowser):
    program, package = "w3m", "w3m"
    forth, back = "Tab", "M-Tab"
    goto, goto_prompt = "U", "Goto URL"

    def flags(self):
        """Multi-line fields open $EDITOR: ours puts in what is in ~/typed."""
        editor = os.path.join(self.home, "editor")
        with open(editor, "w") as f:
            f.write('#!/bin/sh\ncp "$HOME/typed" "$1"\n')
        os.chmod(editor, stat.S_IRWXU)
        return ["-o", f"editor={editor}", "-o", "confirm_qq=0"]

    def follow(self, text, nth=0):
        self.keys("M-<")
        super().follow(text, nth)

    press = follow

    def fields(self):
        return [(row, width(line[:m.start()])) for row, line in enumerate(self.steady().split("\n"))
                for m in re.finditer(r"\[[^\]]*  \]", line)]

    def fill(self, nth, text):
        with open(os.path.join(self.home, "typed"), "w") as f:
            f.write(text + "\n")
        self.keys("M-<")
        super().fill(nth, text)

    def edit(self, text):
        """Enter asks on the last line, or runs the editor for a text area."""
        prompt = re.compile(r"^(TEXT|Password|PASSWORD)\s*:", re.M)
        self.keys("Enter")
        screen = self.wait(lambda s: prompt.search(s) or text in s)
        if prompt.search(screen):
            super().edit(text)
            self.keys("Enter")
        self.steady()


class W3mTold(W3m):
    """Told to refresh, as its manual says how."""

    def flags(self):
        return [*super().flags(), "-o", "meta_refresh=1"]


class Links(TextBrowser):
    program, package = "links2", "links2"
    goto_prompt = "Go to URL"

    def settle(self):
        self.wait("Welcome")
        self.keys("Enter")
        self.wait_gone("Welcome")

    def leave(self):
        """In a field a letter is text: walk to something that is none."""
        for _ in range(40):
            if not re.search(r"(field|area), name", self.steady().rstrip("\n").split("\n")[-1]):
                return
            self.keys("Down")


class LinksTold(Links):
    """Told to refresh."""

    def flags(self):
        return [*super().flags(), "-html-auto-refresh", "1"]


class Elinks(Links):
    program, package = "elinks", "elinks"
    moves = True

    def settle(self):
        self.wait("Welcome")
        self.keys("Enter")
        self.wait_gone("Welcome")

    goto_prompt = "Enter URL"

    def edit(self, text):
        self.keys("Enter")
        self.wait_gone("press Enter to edit")
        super().edit(text)
        self.keys("Escape")
        self.steady()

    def press(self, text, nth=0):
        """Asks whether to post: one more Enter."""
        self.follow(text, nth)
        self.wait("Do you want")
        self.keys("Enter")
