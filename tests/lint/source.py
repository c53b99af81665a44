"""C sources as the checks in this folder see them."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(*tops, ends=(".c", ".h")):
    """Paths below the given folders, relative to the project."""
    for top in tops:
        for folder, folders, names in os.walk(os.path.join(ROOT, top)):
            folders.sort()
            for name in sorted(names):
                if name.endswith(ends):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def blank(text):
    """The same lines without what stands in comments, strings and characters."""
    def keep_lines(match):
        token = match.group()
        inside = "\n" * token.count("\n")
        return inside + " " if token[0] == "/" else token[0] + inside + token[0]
    return TOKEN.sub(keep_lines, text)


class Report:
    """Collects offenders; exits 1 when there were any."""
    def __init__(self):
        self.n = 0

    def say(self, path, line, text):
        self.n += 1
        print(f"{path}:{line}: {text}")

    def end(self):
        sys.exit(1 if self.n else 0)
