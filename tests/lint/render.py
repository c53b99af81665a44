#!/usr/bin/env python3
"""Renders every template in every language and looks at what comes out.

Data: the samples in tests/lint/samples/PAGE[-STATE].hdf, and for each page data
made from templates/CONTRACT: all keys, no keys, and all but one.  Texts are the
nastiest a user may type.  Every result must be valid (WML 1.1, XHTML Basic 1.1),
every form must carry its key and the probe, no page with an input may refresh
itself, and the pages with a byte budget must keep it.

Needs cstest (clearsilver-dev), xmllint (libxml2-utils) and w3c-sgml-lib; says so
and exits 77 when one is missing.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(ROOT, "tests/lint")
LANGS = ("zh-CN", "zh-TW", "en")
WML_DTD = os.path.join(HERE, "wml11-check.dtd")
XHTML_DTD = "/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-xhtml-basic-20101123/xhtml-basic11.dtd"
FRAMES_DTD = "/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-xhtml1-20020801/xhtml1-transitional.dtd"
XHTML_HEAD = '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang='
SIGNED_OUT = ("signin", "register")
SIGNIN_MAX = 1000
CONVERSATION_MAX = 2500  # without the text of its messages

NASTY = "<b>&\"' ]]> &amp; $$(x) 汉字 \U0001f600"
VALUES = {"text": NASTY, "int": "7", "bool": "1", "time": "12:03", "link": "c12?b=7&w=1.2"}
FIXED = {"notice": "sent", "error": "busy", "state": "friend", "why": "sent", "presence": "2",
         "inside": "0", "more": "0", "friends[].state": "friend", "files[].name": "mbox", "rows[].n": "0",
         "foot.keep": "wml", "talks[].presence": "1", "friends[].presence": "2", "charset": "utf-8",
         "faces[].value": "auto", "charsets[].value": "utf8", "rules[].value": "friends",
         "langs[].value": "zh-TW", "modes[].value": "held", "live.keep": "held", "key": "Qx3vK2mB9aZt7LwE4pRd8sYc1uHj6oFg", "form.n": "17"}
STATES = {"person": ("state", ("none", "friend", "asked", "asked_me", "blocked")),
          "resend": ("why", ("sent", "key", "busy", "disk"))}

problems = []


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def contract():
    """{page: {key: type}}"""
    pages, page = {}, None
    for line in read(os.path.join(ROOT, "templates/CONTRACT")).splitlines():
        words = line.split("#")[0].split()
        if len(words) == 2 and words[0] == "page" and not line.startswith("page  "):
            page = words[1]
            pages[page] = {}
        elif len(words) >= 2 and page:
            pages[page][words[0]] = words[1]
    return pages


def lines_of(keys):
    """HDF lines for keys; lists get two rows."""
    out = []
    for key, kind in keys.items():
        value = FIXED.get(key, VALUES[kind])
        names = [key]
        while any("[]" in n for n in names):
            names = [n.replace("[]", ".%d" % i, 1) for n in names for i in (0, 1)]
        out += ["%s = %s" % (n, value) for n in names]
    return out


def cases(pages):
    """Yields (name, page, lines of HDF)."""
    shell = read(os.path.join(HERE, "samples/_shell.hdf")).splitlines()
    for path in sorted(glob.glob(os.path.join(HERE, "samples/[!_]*.hdf"))):
        name = os.path.basename(path)[:-4]
        page = name.split("-")[0]
        own = [l for l in shell if not (page in SIGNED_OUT and l.startswith("me "))]
        yield name, page, own + read(path).splitlines()
    for page, keys in pages.items():
        if page == "*":
            continue
        every = dict(pages["*"], **keys)
        base = ["page = " + page]
        yield page + "+all", page, lines_of(every) + base
        always = {k: v for k, v in keys.items() if page in ("settings", "live") and "[]" in k}  # its choices
        yield page + "+none", page, lines_of(always) + base
        for key in set(every) - set(always):
            rest = {k: v for k, v in every.items() if k != key and not k.startswith(key + "[]")}
            yield "%s+no.%s" % (page, key.replace("[]", "")), page, lines_of(rest) + base
        key, states = STATES.get(page, ("", ()))
        for state in states:
            yield "%s+%s" % (page, state), page, lines_of(every) + base + ["%s = %s" % (key, state)]


def render(face, page, lang, lines, work):
    data = os.path.join(work, "data.hdf")
    with open(data, "w", encoding="utf-8") as f:
        f.write(read(os.path.join(ROOT, "templates", lang + ".hdf")))
        f.write("\n".join(lines))
        f.write("\nlang = %s\nConfig.VarEscapeMode = html\nhdf.loadpaths.0 = %s\nhdf.loadpaths.1 = %s/templates\n"
                % (lang, ROOT, ROOT))
    run = subprocess.run(["cstest", data, os.path.join(ROOT, face, page + ".cs")], capture_output=True)
    text = run.stdout.decode("utf-8", "replace")
    head, _, text = text.partition("\n")
    if run.returncode != 0 or not head.startswith("Parsing") or "Traceback" in text:
        problems.append("%s/%s.cs does not render: %s" % (face, page, (text + run.stderr.decode())[-300:]))
    return text.rstrip("\n") + "\n"


def look(face, label, text):
    for form in re.findall(r"<form .*?</form>|<go method=\"post\".*?</go>", text, re.S):
        if not re.search(r'name="k"', form) or not re.search(r'\sname="e" value="中"', form):
            problems.append("%s: a form without key or probe" % label)
    if "http-equiv=\"refresh\"" in text and re.search(r'<textarea|<input(?! type="(hidden|submit)")', text):
        problems.append("%s: a page with an input refreshes itself" % label)
    card = text.split("</card>")[0]
    if face == "wml" and "<timer" in card and "<input" in card:
        problems.append("%s: a card with an input has a timer" % label)


def budget(label, text, lines):
    size = len(text.encode())
    if label.startswith("html/signin.") and size > SIGNIN_MAX:
        problems.append("%s: %d bytes, over %d" % (label, size, SIGNIN_MAX))
    if label.startswith("html/conversation."):
        own = sum(len(l.partition(" = ")[2].encode()) for l in lines if re.match(r"lines\.\d+\.parts\.\d+\.text", l))
        if size - own > CONVERSATION_MAX:
            problems.append("%s: %d bytes beside its text, over %d" % (label, size - own, CONVERSATION_MAX))


def whole(face, text):
    """A piece of a page without end, html alone has them, is no document."""
    return face == "wml" or ("<html" in text and "</html>" in text)


def grammar(face, text):
    """XHTML Basic, which phones get, has no frames."""
    if face == "wml":
        return WML_DTD
    return FRAMES_DTD if "<iframe" in text or "<base " in text else XHTML_DTD


def validate(dtd, files):
    for start in range(0, len(files), 200):
        run = subprocess.run(["xmllint", "--noout", "--nonet", "--dtdvalid", dtd] + files[start:start + 200],
                             capture_output=True, text=True)
        if run.returncode != 0:
            found = [l for l in run.stderr.splitlines()
                     if re.search(r"error :|validity error|does not validate|parser error", l) and "I/O" not in l]
            problems.extend(found[:20] or [run.stderr[-300:]])


def main():
    missing = [t for t in ("cstest", "xmllint") if not shutil.which(t)] + \
              [p for p in (XHTML_DTD, FRAMES_DTD) if not os.path.exists(p)]
    if missing:
        print("render: missing %s" % ", ".join(missing))
        return 77
    work = tempfile.mkdtemp(prefix="render.")
    files = {WML_DTD: [], XHTML_DTD: [], FRAMES_DTD: []}
    for name, page, lines in cases(contract()):
        for lang in LANGS if "+no." not in name else LANGS[:1]:
            for face in ("html", "wml"):
                label = "%s/%s.%s" % (face, name, lang)
                text = render(face, page, lang, lines, work)
                look(face, label, text)
                budget(label, text, lines)
                # The end of a page without end: browsers obey a refresh behind the lines, no grammar
                # allows one.
                text = re.sub(r"</ul><meta http-equiv=\"refresh\"[^>]*/></body>", "</ul></body>", text)
                if face == "html":  # what a browser is sent lacks the prolog and the name space
                    text = re.sub(r"^<!DOCTYPE html>\n?<html lang=", XHTML_HEAD, text)
                path = os.path.join(work, "%s.%s.%s" % (name, lang, face))
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                if whole(face, text):
                    files[grammar(face, text)].append(path)
    for dtd, paths in files.items():
        validate(dtd, paths)
    if problems:
        print("\n".join(sorted(set(problems))))
        print("rendered pages are in %s" % work)
        return 1
    shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
