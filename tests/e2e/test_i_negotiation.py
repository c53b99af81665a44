"""Which face for whom: the headers of real phones and browsers, and the way to change it."""
import csv
import os

import pytest
from people import pair, save, somebody, somebody_else
from words import T

HANDSETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "handsets.tsv")


def handsets():
    with open(HANDSETS, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("phone", handsets(), ids=lambda p: p["name"].replace(" ", "_"))
def test_handsets_get_their_face(shared, phone):
    client = shared.client("CHROME", User_Agent=phone["user_agent"] or None,
                           Accept=phone["accept"] or None,
                           Accept_Charset=phone["accept_charset"] or None,
                           Accept_Language=phone["accept_language"] or None,
                           Sec_Fetch_Mode=None, Sec_Fetch_Dest=None)
    page = client.get("/")
    assert page.status == 200
    if phone["expected"] == "wml":
        assert page.type == "text/vnd.wap.wml"
    elif phone["expected"] == "html":
        assert page.type == "text/html"
    else:
        assert page.face == "html"
        assert page.type == "text/html" or page.type in phone["accept"], "only types it lists"


def test_a_gateway_in_via_means_wml(shared):
    client = shared.client("CHROME", User_Agent="SomePhone/1.0", Accept=None,
                           Via="WTP/1.1 GDSZ-PB-GW003-WAP07.gd.chinamobile.com (Nokia WAP Gateway 4.1)")
    assert client.get("/").face == "wml"
    client = shared.client("CHROME", Via="HTTP/1.1 GDGZ-PS-GW011-WAP2 (infoX-WISG)")
    assert client.get("/").face == "html"


def test_json_only_for_those_who_prefer_it(shared):
    for accept, face in (("application/json", "json"), ("application/json, text/html;q=0.9", "json"),
                         ("application/json;q=0.5, text/html", "html"), ("*/*", "html"),
                         ("text/html, application/json;q=0.1, */*", "html"),
                         ("application/*", "html")):
        assert shared.client("CHROME", Accept=accept).get("/").face == face, accept


def test_public_pages_vary_by_what_was_used(shared):
    vary = shared.client().get("/").header("Vary").lower()
    for name in ("accept", "user-agent", "accept-language"):
        assert name in vary


@pytest.mark.parametrize("preset,other", [("CHROME", "wml"), ("LYNX", "wml"), ("NOKIA7110", "html")])
def test_the_footer_switches_one_page(shared, preset, other):
    one, peer, cid = pair(shared, preset)
    if other == "html":
        one.headers["Accept"] += ", */*"
    own = one.page.face
    # A phone's talk has no room for it: its deck is the one that is asked for all day.
    for href in ("./", "f", "o") + ((cid,) if own == "html" else ()):
        page = one.get(href)
        link = page.link(text=T(f"foot.{other}"))
        assert link and "face=" in link.href, href
        assert one.get(link.href).face == other
        assert one.get(href).face == own, "the next page is as before"


def test_the_switch_shows_the_same_page(shared):
    one, peer, cid = pair(shared)
    page = one.get(cid + "?face=wml")
    assert page.face == "wml" and peer.name in page.words


@pytest.mark.parametrize("preset,other", [("CHROME", "wml"), ("NOKIA7110", "html")])
def test_keeping_the_other_face(shared, preset, other):
    one = somebody(shared, preset)
    if other == "html":
        one.headers["Accept"] += ", */*"
    own = one.get("./").face
    one.click(text=T(f"foot.{other}"))
    page = one.submit(one.page.form(to="o", do="face"))
    assert page.face == other
    assert one.get("./").face == other and one.get("f").face == other, "it sticks"
    other_kind = somebody_else(one, "LYNX" if preset == "CHROME" else "CHROME")
    assert other_kind.get("./").face == "html", "for this kind of client only"
    save(one, face="auto")
    assert one.get("./").face == own


def test_the_switch_works_signed_out(shared):
    client = shared.client()
    page = client.get("/")
    link = page.link(text=T("foot.wml"))
    assert link and client.get(link.href).face == "wml"


def test_an_unknown_face_is_ignored(shared):
    for value in ("js", "", "%00", "json", "wml%20", "x" * 100):
        page = shared.client().get(f"/?face={value}", check=False)
        assert page.face in ("html", "other") and page.status in (200, 400), value


def test_errors_come_in_the_clients_face(shared):
    for preset, face in (("CHROME", "html"), ("NOKIA7110", "wml"), ("JSON", "json"), ("LYNX", "html")):
        client = shared.client(preset)
        page = client.get("/no-such-page")
        assert (page.status, page.face) == (404, face), page
        page = client.request("POST", "/u1", b"")
        assert page.face == face


def test_browsers_that_know_them_get_the_headers(shared):
    page = somebody(shared).get("./")
    csp = page.header("Content-Security-Policy")
    for rule in ("default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'"):
        assert rule in csp, csp
    assert "script" not in csp and "unsafe" not in csp
    assert page.header("Referrer-Policy") == "same-origin"
    assert page.header("X-Content-Type-Options").lower() == "nosniff"
    phone = somebody(shared, "NOKIA7110").get("./")
    assert not phone.header("Content-Security-Policy"), "bytes"


def test_static_files_live_long(shared):
    client = shared.client()
    page = client.get("/")
    css = [el.get("href") for el in page.xml.iter("link") if el.get("rel") == "stylesheet"]
    assert css
    sheet = client.request("GET", client.resolve(css[0]), check=False)
    assert sheet.status == 200 and sheet.type == "text/css"
    assert "max-age" in sheet.header("Cache-Control")
    assert "url(http" not in sheet.text and "@import" not in sheet.text
    assert client.request("GET", "/-/../server/main.c", check=False).status in (400, 404)
    assert client.request("GET", "/-/nothing.css", check=False).status == 404
