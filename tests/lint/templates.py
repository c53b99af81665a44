#!/usr/bin/env python3
"""Holds wml/, html/ and templates/ to their rules.  Prints FILE:LINE: what, exit 1.

A template may only output what the engine escapes, may only know "if" and
"each", may only use keys of templates/CONTRACT, and may contain no word that a
person reads: words are in the catalogues, which must agree in all languages.
Each page is read as the engine would read it: includes and macros are followed
with their arguments, so that every name resolves to a key or a catalogue word.

    templates.py              lint the tree
    templates.py --self-test  each tests/lint/bad/*.cs must be refused, for the
                              reason in its first line: <?cs # expect: REASON ?>
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LANGS = ("zh-CN", "zh-TW", "en")
FACES = ("html", "wml")
PROBE = "\u4e2d"  # the value of every form's field e
COMMANDS = {"var", "if", "elif", "else", "/if", "each", "/each", "include", "def", "/def", "call"}
FUNCTIONS = {"first", "last", "subcount"}
READ_ATTRIBUTES = {"alt", "title", "label", "summary", "placeholder", "aria-label"}
WML_EVENTS = {"ontimer", "onpick", "onenterforward", "onenterbackward"}
ENTITIES = {"amp", "lt", "gt", "quot"}

TAG = re.compile(r"<\?cs(?=\s)(.*?)\?>", re.S)
COMMAND = re.compile(r"(/?[a-z]+)\s*(?::\s*(.*))?$", re.S)
NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
HOLE = "\x00"  # stands for a cs tag where markup is looked at

problems = []


def complain(where, what):
    problems.append("%s:%d: %s" % (os.path.relpath(where[0], ROOT), where[1], what))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


# ---- the contract and the catalogues ----

def contract():
    """{page: set of keys}; "*" is the shell."""
    pages, page = {}, None
    for line in read(os.path.join(ROOT, "templates/CONTRACT")).splitlines():
        words = line.split("#")[0].split()
        if len(words) == 2 and words[0] == "page" and not line.startswith("page  "):
            page = words[1]
            pages[page] = set()
        elif len(words) >= 2 and page:
            pages[page].add(words[0])
    return pages


def catalogue(path):
    """{key: line} of an HDF file of sets, blocks and comments."""
    keys, stack = {}, []
    for number, line in enumerate(read(path).splitlines(), 1):
        line = line.strip()
        match = re.match(r"([\w.]+)\s*(=|\{)\s*(.*)$", line)
        if not line or line.startswith("#"):
            continue
        if line == "}":
            if not stack:
                complain((path, number), "} without {")
            else:
                stack.pop()
        elif not match:
            complain((path, number), "not name = value, name { or }")
        elif match[2] == "{":
            stack.append(match[1])
        else:
            key = ".".join(stack + [match[1]])
            if key in keys:
                complain((path, number), "%s stands twice" % key)
            if not match[3]:
                complain((path, number), "%s is empty" % key)
            keys[key] = number
    if stack:
        complain((path, 0), "%s { is not closed" % stack[-1])
    return keys


# ---- one file: what its text and its tags may be ----

def tags_of(path):
    """[(where, command, argument)] in order, comments left out."""
    text = read(path)
    out = []
    for match in TAG.finditer(text):
        where = (path, text.count("\n", 0, match.start()) + 1)
        body = match[1].strip()
        if body.startswith("#"):
            continue
        command = COMMAND.match(body)
        if not command:
            complain(where, "not a command: %s" % body[:30])
            continue
        out.append((where, command[1], (command[2] or "").strip()))
    return out


def check_commands(path):
    for where, command, argument in tags_of(path):
        if command not in COMMANDS:
            complain(where, "%s: is not allowed in templates" % command)
        for name in re.findall(r"([\w.]+)\s*\(", re.sub(r'"[^"]*"', "", argument)):
            if command not in ("def", "call") and name not in FUNCTIONS:
                complain(where, "function %s() is not allowed in templates" % name)
        if command not in ("def", "call") and re.search(r"[-+*/%]", re.sub(r'"[^"]*"', "", argument)) \
                and command != "include":
            complain(where, "arithmetic is not allowed in templates")


def has_letter(text):
    return any(c.isalpha() for c in text)


def check_tag_text(path, where, tag):
    element = re.match(r"</?\s*([\w:-]+)", tag)
    element = element[1].lower() if element else ""
    face = "wml" if os.sep + "wml" in path else "html"
    if element in ("script", "style", "object", "embed") or element == "iframe" and face == "wml":
        complain(where, "<%s> is not allowed" % element)
    if element == "!doctype" or tag.startswith("<?xml"):
        return
    if re.search(r"=\s*[^\"\s>]", re.sub(r'"[^"]*"', '""', tag)):
        complain(where, "attribute value without quotes")
    attributes = dict((n.lower(), v) for n, v in re.findall(r'([\w:-]+)\s*=\s*"([^"]*)"', tag))
    for name, value in attributes.items():
        if name == "style":
            complain(where, "inline style")
        if name.startswith("on") and not (face == "wml" and name in WML_EVENTS):
            complain(where, "inline handler %s" % name)
        if name in READ_ATTRIBUTES and has_letter(value):
            complain(where, "words in %s=\"%s\": put them into the catalogues" % (name, value))
        if name == "value" and element == "input" and attributes.get("type") != "hidden" and has_letter(value):
            complain(where, "words in value=\"%s\": put them into the catalogues" % value)
        if any(c.isalpha() and ord(c) > 127 for c in value) and \
                not (value == PROBE and attributes.get("name") == "e"):
            complain(where, "words in %s=\"%s\": put them into the catalogues" % (name, value))
        if name in ("href", "src", "action"):
            if re.match(r"\s*(https?:|//|javascript:|data:)", value, re.I):
                complain(where, "%s leads outside" % name)
            if value.startswith("?"):
                complain(where, "%s is a query only: old readers drop the last segment" % name)
    if attributes.get("type") == "submit" and "name" in attributes:
        complain(where, "a submit button has a name, which not every client sends")


def check_text(path):
    text = TAG.sub(lambda m: HOLE + "\n" * m[0].count("\n"), read(path))
    pos = 0
    for match in re.finditer(r"<[A-Za-z/!?](?:\"[^\"]*\"|[^>\"])*>", text):
        check_words(path, text, pos, match.start())
        check_tag_text(path, (path, text.count("\n", 0, match.start()) + 1), match[0])
        pos = match.end()
    check_words(path, text, pos, len(text))
    for match in re.finditer(r"&(\w+);?", text):
        if match[1] not in ENTITIES:
            complain((path, text.count("\n", 0, match.start()) + 1),
                     "entity &%s;: only amp lt gt quot and numbers" % match[1])


def check_words(path, text, start, end):
    # What an "if" inside of a tag leaves behind looks like attributes here.
    piece = re.sub(r'(?:\s[\w:-]+="[^"]*")+/?>?', lambda m: "\n" * m[0].count("\n"), text[start:end])
    piece = re.sub(r"&\w+;", "", piece)
    if has_letter(piece):
        line = text.count("\n", 0, start) + 1
        complain((path, line), "words in the text: %s" % " ".join(piece.replace(HOLE, " ").split())[:40])


# ---- a page: names resolved through includes, macros and loops ----

class Page:
    """One template, read with all that it includes."""

    def __init__(self, page, keys, catalogue_keys):
        self.page, self.keys, self.words = page, keys, catalogue_keys
        self.macros, self.used, self.called = {}, set(), set()

    def walk(self, tags, env):
        """Follows tags; env: local name -> path, or None for a literal."""
        scopes, i = [dict(env)], 0
        while i < len(tags):
            where, command, argument = tags[i]
            if command == "def":
                i = self.define(tags, i)
            elif command == "include":
                self.include(where, argument, scopes[-1])
            elif command == "call":
                self.call(where, argument, scopes[-1])
            elif command == "each":
                match = re.match(r"(\w+)\s*=\s*(.+)$", argument, re.S)
                if not match:
                    complain(where, "each: needs name = list")
                    return
                scope = dict(scopes[-1])
                scope[match[1]] = (self.resolve(where, match[2].strip(), scopes[-1]) or "?") + "[]"
                scopes.append(scope)
            elif command == "/each":
                scopes.pop()
            elif argument:
                self.expression(where, argument, scopes[-1])
            i += 1

    def define(self, tags, i):
        where, _, argument = tags[i]
        match = re.match(r"(\w+)\s*\(([^)]*)\)$", argument)
        end = next((j for j in range(i, len(tags)) if tags[j][1] == "/def"), None)
        if not match or end is None:
            complain(where, "def: needs name(parameters) and /def")
            return len(tags)
        parameters = [p.strip() for p in match[2].split(",") if p.strip()]
        self.macros[match[1]] = (where, parameters, tags[i + 1:end])
        return end

    def include(self, where, argument, env):
        name = argument.strip('"')
        for base in (ROOT, os.path.join(ROOT, "templates")):
            path = os.path.join(base, name)
            if argument.startswith('"') and os.path.exists(path):
                self.walk(tags_of(path), env)
                return
        complain(where, "include: no file %s" % argument)

    def call(self, where, argument, env):
        match = re.match(r"(\w+)\s*\((.*)\)$", argument, re.S)
        if not match or match[1] not in self.macros:
            complain(where, "call: no macro %s" % argument)
            return
        home, parameters, body = self.macros[match[1]]
        self.called.add(home)
        given = [a.strip() for a in re.findall(r'(?:"[^"]*"|[^,"])+', match[2])]
        if len(given) != len(parameters):
            complain(where, "%s takes %d arguments" % (match[1], len(parameters)))
            return
        scope = dict(env)
        for name, value in zip(parameters, given):
            literal = value.startswith('"') or value.isdigit()
            scope[name] = None if literal else self.resolve(where, value, env)
        self.walk(body, scope)

    def expression(self, where, text, env):
        text = re.sub(r'"[^"]*"', '""', text)
        rest = re.sub(r"\b(%s)\s*\(" % "|".join(FUNCTIONS), "(", text)
        while "[" in rest:
            match = re.search(r"([\w.]+)\s*\[([^][]*)\]", rest)
            if not match:
                complain(where, "cannot read %s" % text)
                return
            self.expression(where, match[2], env)
            self.group(where, match[1])
            rest = rest[:match.start()] + rest[match.end():]
        for name in NAME.findall(rest):
            self.resolve(where, name, env)

    def group(self, where, name):
        found = [k for k in self.words if k.startswith(name + ".")]
        if not name.startswith("T.") or not found:
            complain(where, "%s[ ] is no group of the catalogues" % name)
        self.used.update(found)

    def resolve(self, where, name, env):
        """A path of the contract or the catalogue; None: a literal."""
        head, _, tail = name.partition(".")
        if head in env:
            if env[head] is None:
                return None
            path = env[head] + ("." + tail if tail else "")
        else:
            path = name
        if path.startswith("T."):
            if path not in self.words:
                complain(where, "%s is not in the catalogues" % path)
            self.used.add(path)
            return path
        known = set(self.keys["*"]) | self.keys.get(self.page, set())
        if os.path.basename(where[0]).startswith("_"):
            known = set().union(*self.keys.values())
        if path.endswith("[]"):  # a row as a whole: handed to a macro or a function
            path_known = any(k.startswith(path + ".") for k in known)
        else:
            path_known = path in known or any(k.startswith(path + "[]") for k in known)
        if not path_known:
            complain(where, "%s is not in CONTRACT for page %s" % (path, self.page))
        return path


# ---- the tree ----

def check_catalogues():
    keys = {}
    for lang in LANGS:
        path = os.path.join(ROOT, "templates", lang + ".hdf")
        keys[lang] = (path, catalogue(path))
    every = set().union(*(k for _, k in keys.values()))
    for path, own in keys.values():
        for key in sorted(every - set(own)):
            complain((path, 0), "%s is missing" % key)
    return keys[LANGS[0]][0], keys[LANGS[0]][1], every


def check_errors(path, every):
    header = os.path.join(ROOT, "server/base/err.h")
    names = {m.lower() for m in re.findall(r"\bERR_([A-Z_]+)\s*,", read(header)) if m != "COUNT"}
    words = {k[len("T.error."):] for k in every if k.startswith("T.error.")}
    for name in sorted(names - words):
        complain((path, 0), "T.error.%s is missing (server/base/err.h)" % name)
    for name in sorted(words - names):
        complain((path, 0), "T.error.%s: no such error in server/base/err.h" % name)


def check_pages(pages):
    listed = set(pages) - {"*"}
    for face in FACES:
        found = {os.path.basename(p)[:-3] for p in glob.glob(os.path.join(ROOT, face, "[!_]*.cs"))}
        where = (os.path.join(ROOT, face), 0)
        for name in sorted(listed - found):
            complain(where, "page %s has no template" % name)
        for name in sorted(found - listed):
            complain(where, "%s.cs is no page of CONTRACT" % name)


def lint():
    pages = contract()
    path, first, every = check_catalogues()
    check_errors(path, every)
    check_pages(pages)
    used, macros, called = set(), {}, set()
    for folder in FACES + ("templates",):
        for file in sorted(glob.glob(os.path.join(ROOT, folder, "*.cs"))):
            check_commands(file)
            check_text(file)
            name = os.path.basename(file)[:-3]
            if name.startswith("_"):
                continue
            page = Page(name, pages, every)
            page.walk(tags_of(file), {})
            used |= page.used
            called |= page.called
            macros.update((where, m) for m, (where, _, _) in page.macros.items())
    for where, name in macros.items():
        if where not in called:
            complain(where, "macro %s is never called" % name)
    for key in sorted(every - used):
        complain((path, first.get(key, 0)), "%s is used by no template" % key)


def self_test():
    pages = contract()
    _, _, every = check_catalogues()
    failed = list(problems)
    files = sorted(glob.glob(os.path.join(ROOT, "tests/lint/bad/*.cs")))
    for file in files:
        expect = re.match(r"<\?cs # expect: (.*?) \?>", read(file))[1]
        problems.clear()
        check_commands(file)
        check_text(file)
        Page("conversation", pages, every).walk(tags_of(file), {})
        if not any(expect in p for p in problems):
            failed.append("%s: not refused for \"%s\", but: %s" % (file, expect, problems))
    if not files:
        failed.append("tests/lint/bad is empty")
    problems[:] = failed


if __name__ == "__main__":
    self_test() if "--self-test" in sys.argv[1:] else lint()
    for problem in sorted(set(problems)):
        print(problem)
    sys.exit(1 if problems else 0)
