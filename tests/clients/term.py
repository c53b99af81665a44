"""A person at a terminal: a program in a tmux of its own, keys in, screen out.
Nothing here sleeps: every wait polls the screen against a deadline."""
import itertools
import os
import re
import shutil
import subprocess
import tempfile
import time
import unicodedata

from kannel import need

DEADLINE_S = 25
_numbers = itertools.count(1)


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


class Term:
    def __init__(self, argv, columns=80, rows=50, home=None, **env):
        need({"/usr/bin/tmux": "tmux"})
        self.home = home or tempfile.mkdtemp(prefix="zt.home.")
        self.socket = f"zt{os.getpid()}.{next(_numbers)}"
        self.rows = rows
        self.env = {"PATH": "/usr/bin:/bin", "HOME": self.home, "TERM": "xterm",
                    "LANG": "C.UTF-8", "TMUX_TMPDIR": self.home, **env}
        self.tmux("-f", "/dev/null", "-u", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "env", "TERM=screen", "LANG=C.UTF-8", f"HOME={self.home}", *argv)
        self.tmux("set", "-g", "status", "off")
        self.tmux("set", "-g", "remain-on-exit", "on")
        self.tmux("set", "-g", "escape-time", "0")
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def tmux(self, *args):
        run = subprocess.run(["tmux", "-L", self.socket, *args], env=self.env, text=True,
                             capture_output=True, check=False)
        assert run.returncode == 0, f"tmux {args}: {run.stderr}"
        return run.stdout

    def close(self):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], env=self.env,
                       capture_output=True, check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    # ---- screen ------------------------------------------------------------
    @property
    def screen(self):
        return self.tmux("capture-pane", "-p")

    @property
    def cursor(self):
        x, y = self.tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(y), int(x)

    def wait(self, what, deadline_s=DEADLINE_S):
        """Until a text, a pattern or a test of the screen holds; gives the screen."""
        if isinstance(what, str):
            seen = lambda s: what in s                                     # noqa: E731
        elif isinstance(what, re.Pattern):
            seen = what.search
        else:
            seen = what
        end = time.monotonic() + deadline_s
        while True:
            screen = self.screen
            if seen(screen):
                return screen
            assert time.monotonic() < end, f"not seen in {deadline_s} s: {what!r}\n{self.dump()}"
            time.sleep(0.05)

    def wait_gone(self, text):
        return self.wait(lambda s: text not in s)

    def dump(self):
        line = "+" + "-" * 80 + "+"
        return f"{line}\n{self.screen}{line}\ncursor {self.cursor}"

    def steady(self):
        """The screen, once two looks 0.15 s apart are the same."""
        before = None
        while before != (now := (self.screen, self.cursor)):
            before = now
            time.sleep(0.15)
        return now[0]

    # ---- keys --------------------------------------------------------------
    def keys(self, *names):
        """tmux names: Enter, Tab, Down, C-r, M-x…"""
        self.tmux("send-keys", *names)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def place(self, text, nth=0):
        """Row and column of the nth place where `text` stands, but for the last line, which
        tells of the program; or None."""
        found = []
        for row, line in enumerate(self.screen.split("\n")[:self.rows - 1]):
            for match in re.finditer(re.escape(text), line):
                found.append((row, width(line[:match.start()])))
        return found[nth] if -len(found) <= nth < len(found) else None

    def focus(self, place, wide, forth="Down", back="Up", most=80):
        """Moves from link to link until the cursor stands on `place`, `wide` columns (a link may
        begin with its key, "5.", and lynx points before it)."""
        row, column = place
        for _ in range(most):
            at = self.steady_cursor()
            if at[0] == row and column - 4 <= at[1] <= column + wide:
                return
            self.keys(forth if at < place else back)
            end = time.monotonic() + 0.5
            while self.cursor == at and time.monotonic() < end:
                time.sleep(0.02)
        raise AssertionError(f"the cursor never came to {place}\n{self.dump()}")

    def steady_cursor(self):
        before = None
        while before != (now := self.cursor):
            before = now
            time.sleep(0.03)
        return now
