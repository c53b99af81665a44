"""One account at several places: the list of sessions, signing out there, and what a new
sign-in does to the others: with held requests in flight, over several serving threads."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import zt
from people import (PASSWORD, assert_signed_in, has_sign_in, message_form, pair, sign_in, sign_out,
                    somebody, somebody_else, take_token, texts)
from words import T

LONG = 50
DAY = 86400000
FACES = ["CHROME", "LYNX", "NOKIA7110", "JSON"]


def held_by(client, href="./"):
    """This client, waiting for news of a page."""
    held = client.hold(client.get(href).waits_on)
    held.client.signed_in = False
    return held


def set_rule(client, rule):
    client.get("o?v=sessions")
    page = client.submit(client.page.form(to="o", do="places"), rule=rule)
    assert page.status == 200 and page.url.endswith("v=sessions&ok=saved"), client.trail


def password_given(server, known, preset="CHROME", **kw):
    """A client that has just typed the right password, wherever that led."""
    client = server.client(preset, **kw)
    client.name, client.password = known.name, known.password
    sign_in(client)
    return client


def asked(page):
    return page.form(to="in", do="leave") is not None


def told(page, why):
    """The sign-in page that says why."""
    assert has_sign_in(page), page.words
    return page.json.get("ended") == why if page.face == "json" else T("ended." + why) in page.words


@pytest.fixture
def wide(serve):
    return serve(threads=4, hold_s=LONG)


# ---- the three rules ---------------------------------------------------------------------

@pytest.mark.parametrize("preset", FACES)
def test_many_leaves_all_others_alone(wide, preset):
    one = somebody(wide, preset)
    holds = [held_by(c) for c in (one, somebody_else(one), somebody_else(one, "NOKIA7110"))]
    wide.wait_held(3)
    assert_signed_in(password_given(wide, one))
    assert wide.held() == 3
    assert not any(held.answered for held in holds)


@pytest.mark.parametrize("preset", FACES)
def test_newest_ends_the_others_at_once_and_says_why(wide, preset):
    one = somebody(wide, preset)
    set_rule(one, "newest")
    stranger = held_by(somebody(wide))
    first = [held_by(one)]
    for other in FACES[1:]:
        wide.wait_held(2)
        newest = password_given(wide, one, other)
        assert_signed_in(newest)
        assert told(first.pop().join(20), "newest"), "held, and ended by the next sign-in"
        first.append(held_by(newest))
    assert told(one.get("f"), "newest"), "any page says it"
    assert not stranger.answered, "nobody else is touched"
    sign_in(one)
    assert_signed_in(one)
    assert told(first.pop().join(20), "newest"), "coming back is a sign-in as well"


def test_many_at_once_under_newest_leave_one(wide):
    """Sign-ins on all threads at a time: the last one in the order of commands is left."""
    one = somebody(wide)
    set_rule(one, "newest")
    known = [somebody_else(one, "JSON")]
    keys = [("name", one.name), ("password", PASSWORD), ("e", "中")]
    clients = [wide.client("JSON") for _ in range(6)]
    with ThreadPoolExecutor(len(clients)) as pool:
        pages = list(pool.map(lambda c: c.request("POST", "/login", c.encode(keys)), clients))
    for client, page in zip(clients, pages):
        client.bearer = page.json["token"]
    inside = [c for c in known + clients if not has_sign_in(c.get("./"))]
    assert len(inside) == 1
    assert inside[0].get("o?v=sessions").json["total"] == 1


@pytest.mark.parametrize("preset", FACES)
def test_ask_asks_first_and_lists_them(wide, preset):
    one = somebody(wide, preset)
    set_rule(one, "ask")
    held = held_by(one)
    wide.wait_held()
    for answer in ("cancel", "leave"):
        client = password_given(wide, one)
        page = client.page
        assert asked(page) and not has_sign_in(page), page.words
        assert T("session.ask") in page.words
        assert client.token is None and wide.held() == 1
        client.submit(page.form(to="in", do=answer))
        client.signed_in = answer == "leave"
        assert has_sign_in(client.page) == (answer == "cancel"), client.page.words
        assert not held.answered and wide.held() == 1
    client = password_given(wide, one)
    client.submit(client.page.form(to="in", do="end"))
    assert_signed_in(client)
    assert told(held.join(20), "newest")


@pytest.mark.parametrize("preset", FACES)
@pytest.mark.parametrize("answer", ["leave", "end", "cancel"])
def test_every_client_can_answer(wide, preset, answer):
    """Cookies refused included: NOKIA7110 and JSON have none, LYNX refuses them here."""
    one = somebody(wide)
    set_rule(one, "ask")
    held = held_by(one)
    client = password_given(wide, one, preset, **({"cookies": False} if preset == "LYNX" else {}))
    assert asked(client.page), client.page.words
    client.submit(client.page.form(to="in", do=answer))
    if client.page.face == "json" and client.page.json.get("token"):
        take_token(client)
    if answer == "cancel":
        client.signed_in = False
        assert has_sign_in(client.get("/"))
    else:
        assert_signed_in(client)
    if answer == "end":
        assert told(held.join(20), "newest")
    else:
        assert not held.answered


@pytest.mark.parametrize("way", ["password", "everywhere", "operator"])
def test_who_is_asked_may_not_answer_after_the_password_was_changed(wide, way):
    one = somebody(wide)
    set_rule(one, "ask")
    thief = password_given(wide, one)
    assert asked(thief.page)
    if way == "operator":
        wide.ctl("user", "passwd", one.name, stdin="another-secret\n")
    elif way == "everywhere":
        one.get("o")
        one.submit(one.page.form(to="o", do="everywhere"))
    else:
        one.get("o?v=password")
        one.submit(one.page.form(to="o", do="password"), password=PASSWORD, new="another-secret")
        assert T("notice.password_changed") in one.page.words
    thief.submit(thief.page.form(to="in", do="end"))
    thief.signed_in = False
    assert has_sign_in(thief.page) and has_sign_in(thief.get("./"))
    if way == "password":
        assert not has_sign_in(one.get("./"))


def test_nobody_is_asked_who_is_nowhere_else(wide):
    one = somebody(wide)
    set_rule(one, "ask")
    sign_out(one)
    again = password_given(wide, one)
    assert not asked(again.page)
    assert_signed_in(again)


def test_the_question_is_no_session(wide):
    """Before the answer the password alone has opened nothing, and the ticket serves once."""
    one = somebody(wide)
    set_rule(one, "ask")
    client = password_given(wide, one)
    form = client.page.form(to="in", do="leave")
    where = client.page.url
    assert asked(client.get(where)), "a reload asks again"
    client.signed_in = False
    assert has_sign_in(client.get("/")), "the cookie is worth nothing yet"
    other = wide.client("NOKIA7110")
    assert has_sign_in(other.go("GET", where)), "the ticket serves only the client that has it"
    stranger = wide.client(cookies=False)
    foreign = stranger.request("POST", "/in", stranger.encode(form.filled({})), {
        "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    client.signed_in = True
    client.submit(form)
    assert_signed_in(client)
    assert has_sign_in(stranger.go("POST", "/in", stranger.encode(form.filled({})))), "used"


def test_the_answer_may_take_minutes_but_not_hours(wide):
    one = somebody(wide)
    set_rule(one, "ask")
    slow = password_given(wide, one)
    wide.advance(120000)
    slow.submit(slow.page.form(to="in", do="leave"))
    assert_signed_in(slow)
    slow = password_given(wide, one)
    wide.advance(3600000)
    slow.signed_in = False
    slow.submit(slow.page.form(to="in", do="leave"))
    assert has_sign_in(slow.page)


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "NOKIA7110"])
def test_text_typed_at_the_place_that_was_ended_is_kept(wide, preset):
    one, other, cid = pair(wide, preset)
    set_rule(one, "newest")
    one.get(cid)
    form = message_form(one)
    assert_signed_in(password_given(wide, one))
    one.signed_in = False
    page = one.submit(form, m="half a letter 半封信")
    assert told(page, "newest") and T("signin.kept") in page.words
    assert T("error.sign_in") not in page.words, "why says it all"
    assert texts(other, cid) == []
    sign_in(one)
    one.get(cid)
    form = message_form(one)
    assert form.value["m"] == "half a letter 半封信"
    one.submit(form)
    assert texts(other, cid) == ["half a letter 半封信"]


# ---- the list -------------------------------------------------------------------------------

def test_the_list_names_devices_in_words(shared):
    one = somebody(shared)
    for preset in ("NOKIA7110", "LYNX", "JSON"):
        somebody_else(one, preset)
    words = one.get("o").link(r"v=sessions") and one.get("o?v=sessions").words
    for said in ("Chrome on Linux", "Nokia 7110", "Lynx", "zt-json", T("session.here"),
                 T("session.path"), T("session.bearer")):
        assert said in words, said
    shy = somebody_else(one, User_Agent="<b>x&y</b>")
    assert "<b>x&y<" in shy.get("o?v=sessions").words, "escaped, and as it calls itself"


@pytest.mark.parametrize("viewer", ["CHROME", "LYNX", "JSON"])
@pytest.mark.parametrize("victim", ["CHROME", "NOKIA7110", "JSON"])
def test_signing_out_there_takes_effect_at_once(wide, viewer, victim):
    one = somebody(wide, viewer)
    other = somebody_else(one, victim)
    held = held_by(other)
    wide.wait_held()
    page = one.get("o?v=sessions")
    page = one.submit(page.form(to="o", do="end"))
    assert page.status == 200 and page.form(to="o", do="end") is None, page.words
    assert told(held.join(20), "signed_out")
    other.signed_in = False
    assert told(other.get("f"), "signed_out")
    assert_signed_in(one)


def test_all_others_at_once(wide):
    one = somebody(wide)
    others = [somebody_else(one), somebody_else(one, "NOKIA7110"), somebody_else(one, "JSON")]
    holds = [held_by(other) for other in others]
    wide.wait_held(3)
    page = one.get("o?v=sessions")
    one.submit(page.form(to="o", do="others"))
    for held in holds:
        assert told(held.join(20), "signed_out")
    assert_signed_in(one)
    assert one.get("o?v=sessions").form(to="o", do="others") is None


def test_a_new_password_ends_the_others_and_says_so(wide):
    one = somebody(wide)
    held = held_by(somebody_else(one))
    one.get("o?v=password")
    one.submit(one.page.form(to="o", do="password"), password=PASSWORD, new="quite another 9")
    assert told(held.join(20), "password")


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
def test_a_session_in_the_path_sees_no_list(shared, preset):
    """It may set the rule and sign itself out, no more."""
    one = somebody(shared)
    path = somebody_else(one, preset, cookies=False)
    page = path.get("o?v=sessions")
    assert "Chrome on" not in page.words and page.form(to="o", do="end") is None
    assert T("session.path_only") in page.words
    data = one.request("GET", "/o?v=sessions", extra={"Accept": "application/json"}).json
    own = next(s["id"] for s in data["sessions"] if s.get("kind") == "path")
    there = next(s["id"] for s in data["sessions"] if s.get("kind") == "cookie")
    key = page.form(to="o", do="places").value["k"]
    for fields in ({"do": "end", "u": there}, {"do": "others"}):
        assert path.post("o", {**fields, "k": key, "e": "中"}).status == 403
    set_rule(path, "ask")
    assert_signed_in(one)
    path.signed_in = False
    page = path.post("o", {"do": "end", "u": own, "k": key, "e": "中"})
    assert has_sign_in(page), page.words
    assert_signed_in(one)


@pytest.mark.parametrize("lang", ["en", "zh-CN", "zh-TW"])
def test_many_places_fit_a_deck(shared, lang):
    """Budgets are checked on the way; here is that all of them can be reached."""
    one = somebody(shared, "NOKIA7110", cookies=True, lang=lang)
    for _ in range(11):
        somebody_else(one, "JSON")
    seen, href = 0, "o?v=sessions"
    while href:
        page = one.get(href)
        seen += sum(1 for f in page.forms if f.value.get("do") == "end")
        link = page.link(text=T("nav.next", lang))
        href = link and link.href
    assert seen == 11
    set_rule(one, "ask")
    client = password_given(shared, one, "NOKIA7110", lang=lang)
    assert asked(client.page) and f"{T('settings.sessions', lang)}: 12" in client.page.words


def test_nobody_ends_sessions_of_others(shared):
    one, other = somebody(shared), somebody(shared)
    theirs = other.request("GET", "/o?v=sessions", extra={"Accept": "application/json"}).json
    key = one.get("o?v=sessions").form(to="o", do="places").value["k"]
    page = one.post("o", {"do": "end", "u": theirs["sessions"][0]["id"], "k": key, "e": "中"})
    assert page.status == 404
    for bad in ("", "x", "0", "-1", "99999999999999999999"):
        assert one.post("o", {"do": "end", "u": bad, "k": key, "e": "中"}).status in (400, 404)
    assert_signed_in(other)


# ---- numbers and times that change by themselves -----------------------------------------------

def test_the_number_of_sessions_falls_when_one_idles_out(serve):
    """The page watches the clock: a browser that asks with its ETag gets the new number."""
    server = serve()
    one = somebody(server)
    somebody_else(one, cookies=False)
    server.advance(DAY - int(time.time() * 1000) % DAY + 60000)    # form keys name the day
    page = one.get("o")
    assert f"{T('settings.sessions')}: 2" in page.words
    tag = page.header("ETag")
    server.advance(3600000)
    assert one.request("GET", "/o", extra={"If-None-Match": tag}).status == 304
    server.advance(2 * DAY)
    page = one.request("GET", "/o", extra={"If-None-Match": tag})
    assert page.status == 200 and f"{T('settings.sessions')}: 1" in page.words
    assert one.get("o?v=sessions").form(to="o", do="end") is None


def test_last_use_is_told_within_a_minute(serve):
    server = serve()
    one = somebody(server, "JSON")
    other = somebody_else(one, "JSON")

    def used():
        data = one.get("o?v=sessions").json
        return next(s["used"] for s in data["sessions"] if not s.get("here"))
    before = used()
    server.advance(5 * 60000)
    other.get("f")
    server.advance(61000)            # main's minute: soft state is written
    zt.wait_until("the use is on the list", lambda: used() > before)
    assert used() - before >= 5 * 60000


def test_a_held_list_wakes_for_a_new_session_only(wide):
    """Not for the use of one, else it would wake itself."""
    one = somebody(wide, "JSON")
    held = held_by(one, "o?v=sessions")
    wide.wait_held()
    other = somebody_else(one, "NOKIA7110")
    assert "Nokia 7110" in held.join(20).words
    held = held_by(one, "o?v=sessions")
    wide.wait_held()
    other.get("f")
    other.get("./")
    assert wide.held() == 1 and not held.answered
    somebody_else(one)
    assert held.join(20).json["total"] == 3
