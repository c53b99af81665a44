"""Sessions: cookies where they are kept, a token in the path where not, told apart
without a question; and how a session ends."""
import re

import pytest
from people import (PASSWORD, assert_signed_in, has_sign_in, message_form, pair, register, say,
                    sign_in, sign_out, somebody, somebody_else, texts)
from words import T
from zt import Client

DAY = 86400000


def login_fields(client, name, password=PASSWORD):
    client.get("/")
    form = client.page.form(to="login")
    return client.encode(form.filled({"name": name, "password": password}))


def test_cookies_give_addresses_without_token(shared):
    client = somebody(shared)
    assert client.cookies and client.token is None
    assert client.page.url == "/"


def test_without_cookies_the_path_carries_the_session(shared):
    client = somebody(shared, cookies=False)
    assert client.token and not client.cookies
    assert client.page.url == f"/~{client.token}/"
    assert client.get("f").status == 200


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "NOKIA7110", "GBKWML"])
def test_a_client_without_cookies_works_all_day(shared, preset):
    one, other, cid = pair(shared, preset, cookies=False)
    assert one.token
    for n in range(3):
        say(one, cid, f"n{n} 中")
        say(other, cid, f"a{n}")
        assert f"a{n}" in one.get(cid).words
    for href in ("./", "f", "o", cid):
        assert one.get(href).status == 200
        assert one.token, "the token stays in the path by relative links"


def ticket_of(client, name):
    """Signs in by hand up to the redirect to the ticket."""
    page = client.request("POST", "/login", login_fields(client, name))
    assert page.status == 303, page.words
    return re.sub(r"^https?://[^/]+", "", page.header("Location"))


def test_a_ticket_works_once(shared):
    person = somebody(shared)
    client = shared.client(cookies=False)
    ticket = ticket_of(client, person.name)
    ticket = ticket if ticket.startswith("/") else "/" + ticket
    first = client.go("GET", ticket)
    assert first.status == 200 and not has_sign_in(first)
    thief = shared.client(cookies=False)
    second = thief.go("GET", ticket)
    assert has_sign_in(second) and not thief.token, "a used ticket shows the sign-in page"


def test_a_ticket_lasts_a_minute(serve):
    server = serve()
    person = somebody(server)
    client = server.client(cookies=False)
    ticket = ticket_of(client, person.name)
    server.advance(61000)
    assert has_sign_in(client.go("GET", ticket if ticket.startswith("/") else "/" + ticket))


def test_a_cookie_beats_a_path_token(shared):
    path = somebody(shared, cookies=False)
    cookie = somebody(shared)
    page = cookie.go("GET", f"/~{path.token}/")
    assert cookie.name in page.words and path.name not in page.words


def test_percent_7e_is_accepted(shared):
    client = somebody(shared, cookies=False)
    for tilde in ("%7E", "%7e"):
        page = client.request("GET", f"/{tilde}{client.token}/f")
        assert page.status == 200 and not has_sign_in(page)


def test_a_token_without_slash_is_redirected(shared):
    client = somebody(shared, cookies=False)
    page = client.request("GET", f"/~{client.token}")
    assert page.status in (301, 302, 303, 307, 308)
    assert page.header("Location").endswith(f"/~{client.token}/")


def test_a_path_session_serves_only_the_family_that_signed_in(shared):
    client = somebody(shared, "NOKIA7110")
    thief = shared.client("CHROME", cookies=False)
    assert has_sign_in(thief.go("GET", f"/~{client.token}/f")), "another browser with the address"
    newer = shared.client("NOKIA7110", User_Agent="Nokia7110/1.0 (05.11)")
    assert not has_sign_in(newer.go("GET", f"/~{client.token}/f")), "the same phone, new firmware"


def test_a_path_session_cannot_change_the_password(shared):
    client = somebody(shared, cookies=False)
    assert not client.get("o").link(r"v=password")
    page = client.get("o?v=password")
    assert page.status == 403 and not page.form(to="o", do="password"), page
    page = client.post("o", {"do": "password", "password": PASSWORD, "new": "taken-over-1",
                             "k": client.get("o").form(to="o", do="save").value["k"], "e": "中"})
    assert page.status == 403
    again = shared.client()
    again.name, again.password = client.name, PASSWORD
    sign_in(again)
    assert_signed_in(again)


def test_a_path_session_is_new_at_each_sign_in(shared):
    client = somebody(shared, cookies=False)
    first = client.token
    other = somebody_else(client, cookies=False)
    assert other.token != first
    assert_signed_in(client)


def test_path_sessions_idle_out_sooner(serve):
    server = serve()
    path, cookie = somebody(server, cookies=False), somebody(server)
    server.advance(2 * DAY)
    assert not has_sign_in(cookie.get("./"))
    path.signed_in = False
    assert has_sign_in(path.get("./"))
    server.advance(31 * DAY)
    cookie.signed_in = False
    assert has_sign_in(cookie.get("./"))


def test_sign_out_ends_this_session_only(shared):
    client = somebody(shared)
    other = somebody_else(client, cookies=False)
    token, cookies = None, dict(client.cookies)
    page = sign_out(client)
    assert has_sign_in(page)
    client.cookies = cookies
    assert has_sign_in(client.get("/")), "the old cookie is worth nothing"
    assert_signed_in(other)
    token = other.token
    sign_out(other)
    assert has_sign_in(other.go("GET", f"/~{token}/f")), "nor is the old address"


def test_sign_out_everywhere(shared):
    client = somebody(shared)
    others = [somebody_else(client), somebody_else(client, "NOKIA7110")]
    client.get("o")
    assert "3" in client.page.words, "three sessions are open"
    page = client.submit(client.page.form(to="o", do="everywhere"))
    client.signed_in = False
    assert has_sign_in(client.get("/")) or page.status == 200
    for other in others:
        other.signed_in = False
        assert has_sign_in(other.get("./"))


def test_sign_out_everywhere_ends_a_held_page_at_once(serve):
    server = serve(hold_s=50)
    one, other, cid = pair(server)
    second = somebody_else(one)
    held = second.hold(wait_link(second, cid))
    held.client.signed_in = False
    server.wait_held()
    one.get("o")
    one.submit(one.page.form(to="o", do="everywhere"))
    page = held.join(20)
    assert has_sign_in(page) or page.status in (303, 403), page.words
    assert other.name not in page.words


def wait_link(client, href):
    page = client.get(href)
    assert page.waits_on, f"no link to wait on {page}: {[l.href for l in page.links]}"
    return page.waits_on


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "LYNX", "ELINKS"])
@pytest.mark.parametrize("way", ["expired", "ended"])
def test_a_form_in_flight_outlives_its_session(serve, preset, way):
    server = serve()
    one, other, cid = pair(server, preset, cookies=preset != "LYNX")
    one.get(cid)
    form = message_form(one)
    if way == "expired":
        server.advance(33 * DAY)
        sign_in(other)
    else:
        second = somebody_else(one)
        second.get("o")
        second.submit(second.page.form(to="o", do="everywhere"))
    one.signed_in = False
    page = one.submit(form, m="half a letter $5 & 半封信")
    assert has_sign_in(page), page.words
    assert "half a letter" not in "".join(texts(other, cid))
    sign_in(one)
    assert cid in one.page.url, f"where the text is, not {one.page.url}"
    if "half a letter" not in "".join(texts(one, cid)):
        form = one.page.form(typed="m") or message_form_of(one, cid)
        assert form.value["m"] == "half a letter $5 & 半封信", "the text is back in the form"
        one.submit(form)
    assert texts(other, cid).count("half a letter $5 & 半封信") == 1, "sent once"
    one.get(cid)
    say(one, cid, "next")
    assert texts(other, cid) == ["next", "half a letter $5 & 半封信"]


def message_form_of(client, cid):
    client.get(cid)
    return message_form(client)


def test_the_text_in_flight_is_shown_to_nobody_else(serve):
    server = serve()
    one, other, cid = pair(server)
    third = somebody(server)
    one.get(cid)
    form = message_form(one)
    second = somebody_else(one)
    second.get("o")
    second.submit(second.page.form(to="o", do="everywhere"))
    one.signed_in = False
    one.submit(form, m="for their eyes only")
    page = sign_in(one, third.name, third.password)
    assert "for their eyes only" not in page.text
    for href in ("./", cid):
        assert "for their eyes only" not in one.get(href).text


def test_after_sign_in_comes_the_page_that_was_asked_for(shared):
    one, other, cid = pair(shared)
    second = shared.client()
    second.name, second.password = one.name, one.password
    page = second.go("GET", "/" + cid)
    assert has_sign_in(page)
    sign_in(second)
    assert second.page.url.endswith("/" + cid), second.trail
    assert other.name in second.page.words


def test_the_page_asked_for_is_one_of_ours(shared):
    person = somebody(shared)
    for to in ("//evil.example/", "http://evil.example/", "/\\evil.example", "\r\nX-Evil: 1"):
        client = shared.client()
        client.get("/")
        form = client.page.form(to="login")
        fields = dict(form.filled({"name": person.name, "password": PASSWORD}))
        fields["to"] = to
        page = client.post("login", fields)
        assert page.status in (200, 400), page
        assert "X-Evil" not in page.headers


def test_cookies_and_tokens_are_never_shown(shared):
    """The on-the-way checks look for them in each body; here is that they would see one."""
    client = somebody(shared, cookies=False)
    assert client.token in client.secrets
    client.page.body = client.token.encode() + client.page.body[16:]
    import checks
    with pytest.raises(AssertionError, match="secret"):
        checks.page_ok(client, client.page, client.secrets)


def test_guessed_tokens_open_nothing(shared):
    client = shared.client(cookies=False)
    for token in ("A" * 16, "AAAAAAAAAAAAAAA", "A" * 17, "", "........", "A" * 15 + "%00"):
        page = client.go("GET", f"/~{token}/f", check=False)
        assert page.status in (200, 400, 403, 404), page
        assert page.face == "other" or has_sign_in(page) or page.status != 200


def test_two_people_in_one_browser_one_after_the_other(shared):
    client = register(Client(shared))
    first = client.name
    sign_out(client)
    register(client)
    assert first not in client.get("./").words
    assert T("inbox.empty") in client.page.words
