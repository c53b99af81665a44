"""What the server really gives, page by page and state by state, is what
templates/CONTRACT says: the JSON face is the view model itself.  (What the
sources may set: tests/lint/contract.py.)"""
import os
import re
import sys

import pytest
from people import answer, ask, pair, person, say, sign_out, somebody

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lint"))
from render import contract  # noqa: E402

CONTRACT = contract()
KINDS = {"text": str, "link": str, "int": int, "time": int, "bool": bool}
JSON = {"Accept": "application/json"}


def wrong(data):
    """What in a page's object is not as CONTRACT has it: a list of sentences."""
    page = data.get("page")
    if page not in CONTRACT or page == "*":
        return [f"no page {page!r}"]
    keys = {k.replace(".", "_"): kind for k, kind in {**CONTRACT["*"], **CONTRACT[page]}.items()}
    return row_wrong(page, data, keys)


def row_wrong(where, row, keys):
    out = []
    for name, value in row.items():
        inside = {k[len(name) + 3:]: kind for k, kind in keys.items() if k.startswith(name + "[]_")}
        if inside:
            if isinstance(value, list):
                for one in value:
                    out += row_wrong(f"{where}.{name}[]", one, inside)
            else:
                out.append(f"{where}: {name} is no list")
        elif name not in keys:
            out.append(f"{where}: {name} is not in CONTRACT")
        elif type(value) is not KINDS[keys[name]]:
            out.append(f"{where}: {name} is {value!r}, not {keys[name]}")
        elif keys[name] == "bool" and value is not True:
            out.append(f"{where}: {name} is false, not absent")
    return out


@pytest.mark.parametrize("change, expect", [
    ({"bogus": "x"}, "bogus is not in CONTRACT"),
    ({"total": "3"}, "total is '3', not int"),
    ({"total": True}, "total is True, not int"),
    ({"me": 7}, "me is 7, not text"),
    ({"fresh": False}, "fresh is false, not absent"),
    ({"talks": {}}, "talks is no list"),
    ({"talks": [{"bogus": 1}]}, "talks[]: bogus is not in CONTRACT"),
    ({"talks": [{"time": "12:03"}]}, "time is '12:03', not time"),
    ({"page": "nonsense"}, "no page 'nonsense'"),
])
def test_a_wrong_key_would_be_seen(change, expect):
    good = {"page": "inbox", "me": "x", "total": 1, "talks": [{"href": "c1", "name": "y", "own": True}]}
    assert wrong(good) == []
    assert any(expect in said for said in wrong({**good, **change}))


class Seen:
    """Asks for pages as JSON; remembers which pages and keys it saw."""

    def __init__(self):
        self.keys = {}

    def take(self, page):
        data = page.json
        assert not wrong(data), (page.url, wrong(data))
        self.keys.setdefault(data["page"], set()).update(data)
        return data

    def get(self, client, href, extra=None):
        return self.take(client.request("GET", client.resolve(href), extra={**JSON, **(extra or {})}))

    def post(self, client, href, fields):
        body = client.encode(list({"e": "\u4e2d", **fields}.items()))
        return self.take(client.request("POST", client.resolve(href), body, JSON))


def test_every_page_in_many_states(server):
    seen = Seen()
    visitor = server.client("CHROME")
    visitor.get("/")
    for href in ("/", "/register", "/nothing-here", "/c12"):
        seen.get(visitor, href)
    seen.post(visitor, "/register", {"name": "x", "password": "short"})
    seen.post(visitor, "/c12", {"m": "typed", "k": "x"})

    one, other, cid = pair(server)
    third = somebody(server)
    for client in (one, third):
        for href in ("./", "f", "o", "o?v=password", "o?v=live", "o?v=sessions", "o?v=export",
                     "o?v=presence", "f?v=blocked"):
            seen.get(client, href)
    say(other, cid, "see http://example.org/ and\nmore of it")
    seen.get(one, "./")
    data = seen.get(one, cid)
    assert seen.get(one, cid + "?ok=sent")["notice"] == "sent"
    for href in (cid + "?v=form", cid + "-1", cid + "?b=1", cid + "-99", f"{cid}?face=wml"):
        seen.get(one, href)
    out = next(part["href"] for part in data["lines"][0]["parts"] if part.get("href"))
    assert seen.get(one, out)["host"]
    for i in range(30):
        say(other, cid, f"number {i}")
    assert seen.get(one, cid)["older"]
    assert seen.get(one, cid + "?b=5")["newer"]

    # presence, with all that can be said of it
    status = {"do": "presence", "state": "busy", "status": "at lunch", "k": seen.get(other, "o")["key"]}
    assert other.request("POST", "/o", other.encode(list(status.items()))).status == 303
    other.request("POST", "/o", other.encode([("do", "image"), ("k", status["k"])]))
    assert seen.get(other, "o?v=presence")["image"]
    other.get(cid + "?v=form")
    assert seen.get(one, cid)["writing"] and seen.get(one, "f")["friends"][0]["status"] == "at lunch"

    # text that comes back
    assert seen.post(one, cid, {"m": "typed", "k": "x"})["text"] == "typed"
    key = seen.get(one, cid)["key"]
    fields = one.encode([("m", "twice"), ("k", key), ("e", "\u4e2d")])
    assert one.request("POST", "/" + cid, fields, JSON).status == 303
    assert seen.take(one.request("POST", "/" + cid, fields, JSON))["why"] == "sent"
    seen.post(one, cid, {"m": "x" * 9000, "k": key})
    assert seen.post(one, cid, {"m": "", "k": key})["error"] == "text_empty"

    # friends in all states
    ask(third, one.name)
    assert seen.get(one, "./")["requests"] and seen.get(one, "f")["requests"]
    assert seen.get(third, "f")["asked"]
    who = seen.get(third, "f")["asked"][0]["href"]
    assert seen.get(third, who)["state"] == "asked"
    assert seen.post(third, who, {"do": "remark", "remark": "x" * 40, "k": seen.get(third, who)["key"]})["error"]
    answer(one, "refuse")
    uid = re.search(r"u\d+", person(one, other.name).url).group()
    assert seen.get(one, uid)["state"] == "friend"
    assert one.request("POST", "/" + uid, one.encode([("do", "block"), ("k", seen.get(one, uid)["key"])])).status == 303
    assert seen.get(one, "f")["blocked"] == "f?v=blocked"
    assert seen.get(one, "f?v=blocked")["blocked"]
    assert seen.get(one, uid)["state"] == "blocked"
    assert seen.post(one, "f", {"do": "ask", "name": "nobody-of-that-name", "k": seen.get(one, "f")["key"]})["error"]
    assert seen.post(one, "o", {"do": "save", "rows": "7", "k": seen.get(one, "o")["key"]})["error"]
    assert seen.post(one, "f", {"do": "ask", "name": other.name, "k": "x"})["page"] == "error"

    # signed in at several places
    assert third.request("POST", "/o", third.encode([("do", "places"), ("rule", "ask"), (
        "k", seen.get(third, "o?v=sessions")["key"])])).status == 303
    seen.post(visitor, "/login", {"name": third.name, "password": third.password})

    sign_out(one)
    seen.get(one, cid)
    assert set(seen.keys) == set(CONTRACT) - {"*"}, set(CONTRACT) - set(seen.keys)


def test_a_token_and_its_bearer(server):
    seen = Seen()
    known = somebody(server)
    program = server.client("JSON")
    program.get("/")
    data = seen.take(program.request("POST", "/login", program.encode(
        [("name", known.name), ("password", known.password), ("e", "\u4e2d")])))
    assert data["page"] == "signin" and len(data["token"]) == 16
    program.bearer = data["token"]
    assert seen.get(program, "/")["me"] == known.name


def test_held_pages_keep_to_it_as_well(serve):
    server = serve(hold_s=1)
    one, other, cid = pair(server, "JSON")
    seen = Seen()
    for href in (cid, "./", "f"):
        wait = seen.get(one, href)["wait"]
        seen.take(one.hold(wait).join())
