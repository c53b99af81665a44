"""What one viewer saw is never shown to another: caches, tags, logs, shared devices."""
import re

import pytest
from people import (PASSWORD, has_sign_in, pair, person, say, sign_in, sign_out, somebody,
                    somebody_else)

PAGES = ("./", "f", "o")


def test_the_tag_of_one_viewer_never_gives_another_a_304(shared):
    one, other, cid = pair(shared)
    third = somebody(shared)
    for href in (*PAGES, cid):
        one.get(href)
        tag = one.get(href).header("ETag")
        for client in (other, third, shared.client()):
            page = client.request("GET", "/" + href.removeprefix("./"),
                                  extra={"If-None-Match": f"{tag}, *" if tag else "*"})
            assert page.status != 304, (href, client.name)
            assert f"{one.name} " not in page.words or client is other


def test_two_viewers_of_one_talk_get_pages_of_their_own(shared):
    one, other, cid = pair(shared)
    say(one, cid, "same words")
    for _ in range(3):
        a, b = one.get(cid), other.get(cid)
        assert other.name in a.words and one.name in b.words
        key = lambda p: next(f.value["k"] for f in p.forms if "k" in f.value)   # noqa: E731
        if a.forms and b.forms:
            assert key(a) != key(b), "the form key is the viewer's own"


def test_the_same_viewer_in_two_faces_and_languages(shared):
    one, other, cid = pair(shared)
    say(other, cid, "words")
    clients = [one, somebody_else(one, "NOKIA7110"), somebody_else(one, "LYNX", lang="zh-CN"),
               somebody_else(one, "GBK"), somebody_else(one, "JSON")]
    tags = [c.get(cid).header("ETag") for c in clients]
    faces = [c.get(cid).face for c in clients]
    assert faces == ["html", "wml", "html", "html", "json"]
    assert len(set(tags)) == len(tags), "each its own tag"


def test_signed_out_nothing_old_is_a_304(shared):
    one, other, cid = pair(shared)
    one.get(cid)
    page = one.get(cid)
    tag, url = page.header("ETag"), page.url
    sign_out(one)
    page = one.request("GET", url, extra={"If-None-Match": tag})
    assert page.status != 304 and has_sign_in(page)


def test_losing_the_friend_is_seen_in_spite_of_the_cache(shared):
    one, other, cid = pair(shared)
    one.get("f")
    tag = one.get("f").header("ETag")
    person(other, one.name)
    other.submit(other.page.form(do="remove"))
    page = one.request("GET", "/f", extra={"If-None-Match": tag})
    assert page.status == 200 and not page.link(text=other.name)


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "NOKIA7110", "JSON"])
def test_signed_in_pages_are_for_no_shared_cache(shared, preset):
    one, other, cid = pair(shared, preset)
    for href in (*PAGES, cid, cid + "?v=form"):
        control = one.get(href).header("Cache-Control")
        assert "public" not in control and "max-age" not in control.replace("max-age=0", "")
        assert "private" in control or "no-store" in control


def test_the_sign_in_page_with_what_was_typed_is_not_stored(shared):
    client = shared.client()
    client.get("/")
    page = client.submit(client.page.form(to="login"), name="someone", password="something")
    assert "no-store" in page.header("Cache-Control")


def test_redirects_are_not_stored(shared):
    person = somebody(shared)
    client = shared.client()
    client.get("/")
    body = client.encode(client.page.form(to="login").filled({"name": person.name, "password": PASSWORD}))
    page = client.request("POST", "/login", body)
    assert "no-store" in page.header("Cache-Control") or "no-cache" in page.header("Cache-Control")


def test_the_log_holds_no_secrets(serve):
    server = serve(log_level="debug")
    one, other, cid = pair(server, "CHROME", "NOKIA7110")
    say(one, cid, "words-that-nobody-logs")
    sign_out(one)
    sign_in(one, password="wrong-password-1")
    one.post(cid, {"m": "words-in-flight", "k": "A" * 19})
    log = server.stderr()
    for secret in (*one.secrets, *other.secrets, PASSWORD, "wrong-password-1", "words-that",
                   "words-in-flight"):
        assert secret not in log, "the log tells"


def test_the_store_holds_no_token_and_no_password(serve):
    import os
    server = serve()
    one, other, cid = pair(server, "CHROME", "NOKIA7110")
    secrets = {s.encode() for s in (*one.secrets, *other.secrets, PASSWORD)}
    server.stop()
    for folder, _, names in os.walk(server.dir):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as f:
                    data = f.read()
                for secret in secrets:
                    assert secret not in data, path


def test_the_database_is_for_its_owner_only(server):
    import os
    assert os.stat(server.dir).st_mode & 0o077 == 0


def test_no_page_refers_to_another_site(shared):
    one, other, cid = pair(shared)
    say(other, cid, "http://example.com/x.gif")
    for href in (*PAGES, cid):
        text = one.get(href).text
        found = re.findall(r"(?:src|href|action)=\"(?:https?:)?//", text)
        assert not found, href
