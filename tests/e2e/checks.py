"""What must hold on every page, whoever asked for it (DESIGN.md sections 1 and 7).
Client calls page_ok() on each reply, so no test has to ask for it."""
import hashlib
import html.entities
import os
import re
import subprocess
import tempfile
from urllib.parse import parse_qsl, urljoin, urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
WML_DTD = os.path.join(HERE, "..", "wml11-check.dtd")
WML_TESTER = "/usr/lib/kannel/test/wml_tester"
DECK_MAX = 1200      # bytes compiled; facts/clients.md section 8
URL_MAX = 128        # bytes of a URL in WML
PUBLIC = re.compile(r"^/(-/|p/|go\?|healthz|metrics|favicon\.ico)")
ENTITY_NAMES = {n.lower() for n in html.entities.html5 if not n.endswith(";")}

_seen = {}           # hash of a deck -> what was wrong with it


def page_ok(client, page, sent_secrets):
    where = f"{client.preset} {page}"
    body_ok(page, where)
    if page.status in (304, 204) or not page.body:
        return
    for secret in sent_secrets:
        assert secret.encode() not in page.body, f"{where}: a secret stands in the body"
    if page.face == "html":
        html_ok(page, where)
    elif page.face == "wml":
        wml_ok(page, where, client.origin)
    elif page.face == "json":
        assert isinstance(page.json, dict), f"{where}: JSON is not an object at top level"
        assert not page.header("Access-Control-Allow-Origin"), where
    if page.face in ("html", "wml", "json"):
        headers_ok(client, page, where)
    if page.face in ("html", "wml"):
        links_ok(page, where)


def body_ok(page, where):
    length = page.header("Content-Length")
    if length and page.status not in (304,):
        assert int(length) == len(page.body), f"{where}: Content-Length {length}"
    if page.status == 304:
        assert not page.body, f"{where}: a 304 with a body"
        return
    if page.body and page.type.startswith(("text/", "application/xhtml", "application/vnd.wap")):
        assert page.charset, f"{where}: no charset in {page.header('Content-Type')!r}"
    if page.body and (page.charset or page.face == "json"):
        try:
            page.text
        except UnicodeDecodeError as error:
            raise AssertionError(f"{where}: bytes are not {page.charset}: {error}") from None


def headers_ok(client, page, where):
    if client.signed_in and page.status == 200 and not PUBLIC.match(page.url):
        control = page.header("Cache-Control").lower()
        assert "no-store" in control or ("private" in control and "no-cache" in control), \
            f"{where}: signed in, Cache-Control {control!r}"
        if page.face == "wml" or client.http == "1.0":
            assert page.header("Expires") or page.header("Pragma"), f"{where}: older cache headers"
    assert "Location" not in page.headers or page.status in (201, 301, 302, 303, 307, 308), where
    if page.face == "wml":
        assert not page.header("Content-Encoding"), f"{where}: WML must not be compressed"


def parse(page, where):
    try:
        return page.xml
    except Exception as error:
        raise AssertionError(f"{where}: not well-formed: {error}\n{page.text[:3000]}") from None


def html_ok(page, where):
    root = parse(page, where)
    for el in root.iter():
        assert el.tag != "script", f"{where}: a script element"
        for name, value in el.items():
            assert not name.lower().startswith("on"), f"{where}: handler {name}"
            assert not value.strip().lower().startswith("javascript:"), f"{where}: {name}={value}"
    if page.refresh:
        for el in root.iter():
            shown = el.tag in ("textarea", "select") or \
                el.tag == "input" and el.get("type", "text") not in ("hidden", "submit")
            assert not shown, f"{where}: a page with an input refreshes itself"
    for form in page.forms:
        assert form.method in ("post", "get")
        assert form.method == "get" or "k" in form.value or form.action in ("login", "register"), \
            f"{where}: form to {form.action!r} without a key"


def wml_ok(page, where, origin):
    parse(page, where)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", page.text), f"{where}: control byte"
    key = hashlib.sha1(page.body + page.charset.encode()).digest()
    if key not in _seen:
        _seen[key] = wml_faults(page)
    assert not _seen[key], f"{where}: {_seen[key]}\n{page.text}"
    for link in page.links:
        if "://" not in link.href and not link.href.startswith("#"):
            url = origin + urljoin(page.url, link.href)
            assert len(url.encode()) <= URL_MAX, f"{where}: URL of {len(url.encode())} bytes: {url}"
    inputs = set(page.wml_inputs)
    for el in page.xml.iter():
        posted = el.tag in ("postfield", "setvar")
        for text in [el.text, el.tail] + [v for _, v in el.items()]:
            for name in re.findall(r"\$(?:\((\w+)[^)]*\)|(\w*))", (text or "").replace("$$", "")):
                name = name[0] or name[1]
                assert posted and name in inputs, f"{where}: variable ${name} in <{el.tag}>: {text!r}"
    if page.refresh:
        assert not inputs, f"{where}: a deck with an input has a timer"
        assert int(page.refresh) >= 150, f"{where}: timer under 15 s"


def wml_faults(page):
    with tempfile.TemporaryDirectory() as tmp:
        deck, out = os.path.join(tmp, "deck.wml"), os.path.join(tmp, "out.wbxml")
        with open(deck, "wb") as f:
            f.write(page.body)
        run = subprocess.run(["xmllint", "--noout", "--nonet", "--dtdvalid", WML_DTD, deck],
                             capture_output=True, check=False)
        if run.returncode:
            return f"xmllint {run.returncode}: {run.stderr.decode(errors='replace')}"
        subprocess.run([WML_TESTER, "-b", "-f", out, "-c", page.charset, deck],
                       capture_output=True, check=False)
        size = os.path.getsize(out) if os.path.exists(out) else 0
        if not size:
            return "Kannel cannot compile it"
        return f"{size} bytes compiled" if size > DECK_MAX else ""


def links_ok(page, where):
    for link in page.links:
        href = link.href
        assert not href.startswith("?"), f"{where}: query-only link {href}"
        parts = urlsplit(href)
        if parts.scheme:
            # Absolute links leave only from the page that says so.
            assert page.url.startswith("/go?") or parts.scheme not in ("http", "https"), \
                f"{where}: absolute link {href}"
            continue
        if href.startswith("/"):
            assert PUBLIC.match(href) or href == "/", f"{where}: {href} is not relative"
        else:
            assert "/" not in parts.path.removeprefix("./"), f"{where}: {href} has segments"
        for name, _ in parse_qsl(parts.query, keep_blank_values=True):
            assert name.lower() not in ENTITY_NAMES, f"{where}: parameter {name} is an entity's name"
    if page.face == "html":
        raw = re.sub(r"<!--.*?-->", "", page.text, flags=re.S)
        for href in re.findall(r"(?:href|action|src)=[\"']([^\"']*)", raw):
            assert not re.search(r"&(?!amp;|quot;|#39;|#x27;|lt;|gt;|apos;)", href), f"{where}: bare & in {href}"
