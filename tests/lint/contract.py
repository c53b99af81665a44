#!/usr/bin/env python3
"""Holds the pages to templates/CONTRACT.  Prints FILE:LINE: what, exit 1.

A page may set only keys that stand in CONTRACT for it or for the shell, each
with its type; and what stands in CONTRACT, some page sets.  Read from the
sources: a file fills the pages that it names in `view->page = "x"`; a file of
helpers fills those of its callers.  A key that comes in by a parameter is looked
up where the function is called.  (tests/e2e/test_contract.py asks the server.)

    contract.py              lint the tree
    contract.py --self-test  changed sources must be refused
"""
import glob
import os
import re
import sys

from render import contract
from source import ROOT, read

SHELL = "server/web/shell.c"
SHELL_PAGES = {"*", "error"}
SETTER = re.compile(r"\bview_(text|int|bool|time|link|list)\(")
FUNCTION = re.compile(r"^(\w+)\(((?:[^()]|\([^()]*\))*)\)\s*\n\{\n(.*?)^\}", re.M | re.S)
PAGE = re.compile(r"view(?:->|\.)page = \"(\w+)\"")
LITERAL = re.compile(r'"([^"\\]*)"')
ROOTS = {"&view->root", "root", "&request->view.root"}


def arguments(text, at):
    """The arguments of the call whose ( stands before `at`."""
    out, depth, start = [], 0, at
    for i in range(at, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            if depth == 0:
                return out + [text[start:i].strip()]
            depth -= 1
        elif text[i] == "," and depth == 0:
            out.append(text[start:i].strip())
            start = i + 1
    return out


def calls(text, name):
    for match in re.finditer(r"(?<![\w.>])%s\(" % name, text):
        yield arguments(text, match.end())


class Source:
    """One file: the pages it fills and the keys it sets."""

    def __init__(self, path, text):
        self.path, self.text = path, re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
        self.pages = set(PAGE.findall(self.text)) | (SHELL_PAGES if path == SHELL else set())
        self.functions = {m[1]: m for m in FUNCTION.finditer(self.text)}
        self.sets = []          # (line, type, key, on the page itself)
        for match in SETTER.finditer(self.text):
            line = self.text.count("\n", 0, match.start()) + 1
            _, row, key, *_ = arguments(self.text, match.end())
            for name in self.keys(match.start(), key):
                self.sets.append((line, match[1], name, self.on_page(match.start(), row)))

    def function_at(self, at):
        return next((f for f in self.functions.values() if f.start() <= at < f.end()), None)

    def parameters(self, function):
        return [re.split(r"[\s*]+", p.strip())[-1] for p in function[2].split(",")]

    def keys(self, at, argument):
        found = LITERAL.findall(argument)
        function = self.function_at(at)
        if found or not function or argument not in self.parameters(function):
            return found
        place = self.parameters(function).index(argument)
        return [key for given in calls(self.text, function[1]) if len(given) > place
                for key in LITERAL.findall(given[place])]

    def on_page(self, at, row):
        """True: on the page; False: in a row of a list; None: as the caller says."""
        if row in ROOTS:
            return True
        function = self.function_at(at)
        return None if function and row in self.parameters(function) else False


def load(changed=None):
    paths = [SHELL] + sorted(os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, "server/pages/*.c")))
    sources = [Source(p, (changed or {}).get(p) or read(p)) for p in paths]
    own = {s.path: set(s.pages) for s in sources}
    for helper in sources:
        for source in sources:
            if source is not helper and any(re.search(r"\b%s\(" % f, source.text) for f in helper.functions
                                            if f not in source.functions):
                helper.pages |= own[source.path]
    return sources


def known(pages, key, kind, on_page):
    """Does a page of `pages` ({page: {key: type}}) have that key of that type?"""
    for keys in pages.values():
        for full, full_kind in keys.items():
            *lists, last = full.split("[].")
            if kind == "list":
                if (key in lists[:1] and on_page is not False) or (key in lists and not on_page):
                    return True
            elif last == key and full_kind == kind and (on_page is None or on_page != bool(lists)):
                return True
    return False


def check(pages, sources):
    problems = []
    for source in sources:
        mine = {p: keys for p, keys in pages.items() if p in source.pages | {"*"}}
        for page in source.pages - set(pages):
            problems.append("%s:1: fills page %s, which is not in CONTRACT" % (source.path, page))
        for line, kind, key, on_page in source.sets:
            if not known(mine, key, kind, on_page):
                problems.append("%s:%d: sets %s %s, which CONTRACT has for none of its pages (%s)" % (
                    source.path, line, kind, key, ", ".join(sorted(source.pages))))
    for page, keys in pages.items():
        filled = [s for s in sources if page == "*" or page in s.pages]
        done = {(kind, key) for s in filled for _, kind, key, _ in s.sets}
        for full, kind in keys.items():
            *lists, last = full.split("[].")
            if (kind, last) not in done or any(("list", name) not in done for name in lists):
                problems.append("templates/CONTRACT:1: page %s: nobody sets %s %s" % (page, kind, full))
    return problems


# What must be refused: file, text, its replacement, words of the complaint.
BAD = [
    ("server/pages/inbox.c", 'row, "snippet"', 'row, "snipet"', "sets text snipet"),
    ("server/pages/inbox.c", 'view_text(view, row, "name"', 'view_int(view, row, "name"', "sets int name"),
    ("server/pages/inbox.c", 'view_text(view, row, "snippet"', 'view_text(view, &view->root, "snippet"', "sets text snippet"),
    ("server/pages/inbox.c", 'view_text(view, row, "snippet"', 'other(view, row, "snippet"', "nobody sets text talks[].snippet"),
    ("server/pages/inbox.c", '&view->root, "talks")', '&view->root, "walks")', "sets list walks"),
    ("server/pages/settings.c", 'root, "langs"', 'root, "tongues"', "sets list tongues"),
    ("server/pages/signin.c", '"text_key"', '"why"', "sets text why"),
    ("server/pages/settings.c", 'page = "password"', 'page = "passwort"', "fills page passwort"),
    (SHELL, 'root, "lang"', 'root, "tongue"', "sets text tongue"),
]


def self_test():
    failed = []
    for path, was, put, expect in BAD:
        text = read(path)
        if was not in text:
            failed.append("%s: %r is no longer there to be spoilt" % (path, was))
            continue
        problems = check(contract(), load({path: text.replace(was, put, 1)}))
        if not any(expect in p for p in problems):
            failed.append("%s with %r is not refused for %r: %s" % (path, put, expect, problems))
    return failed


if __name__ == "__main__":
    found = self_test() if "--self-test" in sys.argv[1:] else check(contract(), load())
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
