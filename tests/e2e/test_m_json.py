"""The JSON face: the same addresses, the view model itself, and a Bearer token."""
import json

import pytest
from people import PASSWORD, ask, fresh_name, pair, say, sign_in, somebody, somebody_else, texts


def post(client, path, fields, **extra):
    return client.request("POST", client.root + path,
                          client.encode(list(fields.items())), extra)


def test_a_program_signs_in_and_keeps_a_token(shared):
    person = somebody(shared)
    client = shared.client("JSON")
    page = post(client, "login", {"name": person.name, "password": PASSWORD})
    assert page.status == 200 and isinstance(page.json["token"], str)
    assert not page.header("Set-Cookie"), "no cookie beside it"
    client.bearer = page.json["token"]
    client.signed_in = True
    page = client.get("/")
    assert page.json["page"] == "inbox" and page.json["me"] == person.name


def test_a_wrong_token_is_nobody(shared):
    client = shared.client("JSON")
    for token in ("A" * 16, "", "x", "A" * 4000, "\u00e9"):
        client.bearer = token
        page = client.request("GET", "/", check=False)
        assert page.status in (200, 400, 401, 403, 431), token
        if page.status == 200:
            assert page.json["page"] == "signin"


def test_registering_by_program(shared):
    client = shared.client("JSON")
    name = fresh_name()
    page = post(client, "register", {"name": name, "password": PASSWORD})
    assert page.status == 200 and page.json.get("token"), page.json
    page = post(client, "register", {"name": name, "password": "somebody-elses"})
    assert page.json.get("error") == "name_taken", page.json
    page = post(client, "login", {"name": name, "password": "wrong-one"})
    assert page.json.get("error") == "credentials" and page.status in (200, 401, 403)


def test_each_page_says_which_it_is(shared):
    one, other, cid = pair(shared, "JSON")
    say(one, cid, "x")
    for href, name in (("./", "inbox"), ("f", "friends"), ("o", "settings"), (cid, "conversation"),
                       (cid + "?v=form", "write"), (cid + "-1", "message"), ("register", "register"),
                       ("nothing-here", "error"), ("f?v=blocked", "blocked")):
        assert one.get(href).json["page"] == name, href


def contract():
    import os
    import re
    pages, name = {}, None
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "templates", "CONTRACT")
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("page") and not line[4:5].strip():
                words = line.split()
                if words[1] in ("text",):
                    pages[name]["page"] = "text"
                    continue
                name = words[1]
                pages[name] = {}
            elif name and (m := re.match(r"([a-z_][\w.\[\]]*)\s+(text|int|bool|time|link)\b", line)):
                pages[name][m.group(1)] = m.group(2)
    return pages


TYPES = {"text": str, "link": str, "int": int, "time": int, "bool": bool}


def flatten(value, prefix=""):
    for key, item in value.items():
        if isinstance(item, list):
            for row in item:
                yield from flatten(row, f"{prefix}{key}[].")
        else:
            yield prefix + key, item


@pytest.mark.parametrize("preset", ["JSON"])
def test_keys_and_types_are_those_of_the_contract(shared, preset):
    pages = contract()
    common = {k.replace(".", "_"): t for k, t in pages["*"].items()}
    one, other, cid = pair(shared, preset)
    say(other, cid, "line\nhttp://example.com/ end")
    third = somebody(shared)
    ask(third, one.name)
    for href in ("./", "f", "o", cid, cid + "?v=form", cid + "-1", "nothing-here", "register"):
        data = one.get(href).json
        known = {**common, **{k: t for k, t in pages[data["page"]].items()}}
        for key, value in flatten(data):
            assert key in known, f"{data['page']}: {key} is not in templates/CONTRACT"
            assert type(value) is TYPES[known[key]], f"{data['page']}: {key} = {value!r}"


def test_a_whole_talk_by_program(shared):
    one, other, cid = pair(shared, "JSON", "JSON")
    page = one.get(cid)
    post(one, cid, {"m": "hello $(x) <b>", "k": page.json["key"], "e": "中"})
    line = other.get(cid).json["lines"][0]
    assert line["parts"][0]["text"] == "hello $(x) <b>"
    assert line["who"] == one.name and line["seq"] == 1
    assert line["time"] > 1_600_000_000_000, "milliseconds since 1970"


def test_markup_in_json_cannot_become_html(shared):
    one, other, cid = pair(shared, "JSON")
    say(one, cid, "<script>alert(1)</script>&\u2028")
    page = one.get(cid)
    assert b"<" not in page.body, "saved as HTML by mistake it is plain text"
    assert json.loads(page.text)["lines"][0]["parts"][0]["text"].startswith("<script>")


def test_errors_have_the_right_status(shared):
    client = shared.client("JSON")
    assert client.get("/nothing-here").status == 404
    page = client.get("/f")
    assert page.status in (200, 401, 403) and page.json["page"] == "signin"
    page = post(client, "f", {"do": "ask", "name": "x"})
    assert page.json["page"] in ("signin", "error", "resend")


def test_json_never_sticks(shared):
    one = somebody(shared)
    page = one.request("GET", "/", extra={"Accept": "application/json"})
    assert page.face == "json"
    assert one.get("./").face == "html"


def test_a_cookie_session_may_ask_for_json_but_writes_need_a_key(shared):
    one, other, cid = pair(shared)
    page = one.request("POST", f"/{cid}", b"m=no+key&e=%E4%B8%AD", {"Accept": "application/json"})
    assert page.json["page"] in ("resend", "error") and page.status != 200
    assert texts(other, cid) == []
    key = one.request("GET", f"/{cid}", extra={"Accept": "application/json"}).json["key"]
    one.request("POST", f"/{cid}", f"m=with+key&k={key}&e=%E4%B8%AD".encode(),
                {"Accept": "application/json"})
    assert texts(other, cid) == ["with key"]


def test_a_bearer_session_is_ended_like_others(shared):
    one = somebody(shared, "JSON")
    browser = somebody_else(one)
    browser.get("o")
    browser.submit(browser.page.form(to="o", do="everywhere"))
    one.signed_in = False
    page = one.get("/")
    assert page.json["page"] == "signin"
    one.bearer = None
    sign_in(one)
    assert one.page.json["page"] == "inbox"


def test_waiting_by_program(serve):
    server = serve(hold_s=50)
    one, other, cid = pair(server, "JSON")
    held = one.hold(one.get(cid).json["wait"])
    server.wait_held()
    say(other, cid, "to a program")
    assert held.join().json["lines"][0]["parts"][0]["text"] == "to a program"
