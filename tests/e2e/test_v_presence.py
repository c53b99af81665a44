"""Who is here: as clients behave, as people chose, to whom it is shown, and nothing of the invisible."""
import os
import re
import subprocess
import sys

import pytest
import zt
from people import (ask, friends, message_form, pair, person, register, save, say, somebody,
                    somebody_else, talk)
from words import T, catalogue

LONG = 50
JSON = {"Accept": "application/json"}
OFFLINE, AWAY, ONLINE, PHONE, BUSY = range(5)
STATES = {"auto": ONLINE, "away": AWAY, "busy": BUSY, "phone": PHONE, "invisible": OFFLINE}
WORDS = ("offline", "away", "online", "phone", "busy")
DRAWINGS = os.path.join(zt.ROOT, "data", "presence")


def data(client, href):
    return client.request("GET", client.resolve(href), extra=JSON).json


def row_of(viewer, name):
    return next(r for r in data(viewer, "f")["friends"] if r["name"] == name)


def state_of(viewer, name):
    return row_of(viewer, name)["presence"]


def becomes(viewer, name, state):
    """A change is told within a second or, when there was one just before, ten."""
    zt.wait_until(f"{name} is {state}", lambda: state_of(viewer, name) == state)


def choose(client, **values):
    page = client.get("o?v=presence")
    return client.submit(page.form(to="o", do="presence"), **values)


def image_page(client):
    page = client.get("o?v=presence")
    link = page.link(r"^o\?v=presence&p=2")
    return client.get(link.href) if link else page


def image(client, do="image"):
    """Makes an image, or voids it; the address without its ending."""
    client.submit(image_page(client).form(to="o", do=do))
    return data(client, "o?v=presence").get("image")


def fetch(server, path, method="GET", **extra):
    return server.client("CHROME").request(method, path, extra=extra)


def word(server, path):
    page = fetch(server, path + ".txt")
    assert page.status == 200 and page.type == "text/plain"
    return page.body.decode().strip()


# ---- derived ----------------------------------------------------------------------

def test_a_client_that_is_gone_is_away_in_90_s_and_offline_in_5_min(serve):
    server = serve(hold_s=LONG)
    one, other = friends(server)
    name, path = other.name, image(other)
    held = waiting(other, "./")
    becomes(one, name, ONLINE)
    held.client._sock.shutdown(2)           # the browser is killed
    zt.wait_until("nobody is held", lambda: server.held() == 0)
    for ms, state in ((75000, ONLINE), (20000, AWAY), (190000, AWAY), (25000, OFFLINE)):
        server.advance(ms)
        becomes(one, name, state)
        assert word(server, path) == WORDS[state]


def test_one_that_waits_is_here(serve):
    server = serve(hold_s=3000, hold_max_s=3000)
    one, other = friends(server)
    held = waiting(other, "./")
    server.advance(10 * 60000)
    becomes(one, other.name, ONLINE)
    server.advance(6 * 60000)               # 15 min without a link followed or a form sent
    becomes(one, other.name, AWAY)
    held.client.close()


def test_a_frame_that_loads_itself_is_no_activity(serve):
    server = serve()
    one, other, cid = pair(server)
    save(one, live="15")
    (frame,) = one.get(cid).frames
    for _ in range(4):
        server.advance(4 * 60000)
        for _ in range(2):                  # the second is answered from memory
            assert one.request("GET", one.resolve(frame)).status == 200
    becomes(other, one.name, AWAY)
    one.get("./")
    becomes(other, one.name, ONLINE)


@pytest.mark.parametrize("preset", ["NOKIA7110", "ELINKS"])
def test_a_page_that_loads_itself_is_no_activity(serve, preset):
    """Without frames it is the page that refreshes: to an address of its own."""
    server = serve()
    one, other = friends(server, preset, "CHROME")
    save(one, live="15")
    page = one.get("./")
    href = re.search(r"url=([^\"]+)|ontimer=\"([^\"]+)\"", page.text)
    href = next(filter(None, href.groups())).replace("&amp;", "&")
    for _ in range(4):
        server.advance(4 * 60000)
        for _ in range(2):
            assert one.request("GET", one.resolve(href)).status == 200
    becomes(other, one.name, AWAY)


@pytest.mark.parametrize("preset,state", [("NOKIA7110", PHONE), ("GBK", PHONE), ("CHROME", ONLINE),
                                          ("LYNX", ONLINE)])
def test_on_phone_is_seen_by_the_client(shared, preset, state):
    one, other = friends(shared, "CHROME", preset)
    other.get("./")
    assert state_of(one, other.name) == state
    assert T(f"presence.{state}") in one.get("f").words


def test_a_change_wakes_the_friend_list(serve):
    server = serve(hold_s=LONG)
    one, other = friends(server)
    server.advance(6 * 60000)
    server.advance(40000)                   # past the grace, and past its end's own spreading
    page = one.get("f")
    assert state_of(one, other.name) == OFFLINE
    held = one.hold(page.waits_on)
    server.wait_held()
    other.get("./")
    assert T("presence.2") in held.join().words


# ---- chosen -----------------------------------------------------------------------

def tells(page, state):
    """The own line and the word for the state, or neither."""
    word = page.face == "json" or T(f"presence.{state}") in page.words
    return "Back at 8" in page.words and word if state else "Back at 8" not in page.words


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "LYNX", "JSON"])
def test_each_state_is_shown_wherever_the_person_is(serve, preset):
    server = serve()
    one, other = friends(server, preset, preset)
    cid = talk(one, other.name)
    for state, shown in STATES.items():
        page = choose(other, state=state, status="Back at 8 <b>&amp; $(m) \"x\"")
        assert page.status == 200, page.words
        if state == "auto":
            shown = PHONE if preset == "NOKIA7110" else ONLINE
        other.get("./")
        server.advance(11000)               # past the pace of the last change
        becomes(one, other.name, shown)
        for href in ("f", person(one, other.name).url.rpartition("/")[2], cid):
            zt.wait_until(f"{href} tells {state}", lambda: tells(one.get(href), shown))
            page = one.page
            if page.face == "html" and shown != OFFLINE:
                assert 'Back at 8 <b>&amp; $(m) "x"' in page.words, "as it was typed"


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "LYNX", "JSON", "GBK"])
def test_the_form_shows_what_is_in_force(shared, preset):
    client = somebody(shared, preset)
    choose(client, state="busy", status="在家", see="talks")
    form = client.get("o?v=presence").form(to="o", do="presence")
    assert [form.value[n] for n in ("state", "status", "see")] == ["busy", "在家", "talks"]
    choose(client, status="")
    form = client.get("o?v=presence").form(to="o", do="presence")
    assert form.value["status"] == "" and form.value["state"] == "busy"


def test_it_stays_until_it_is_changed(serve):
    server = serve()
    one, other = friends(server)
    choose(other, state="away", status="on holiday")
    path = image(other)
    server.restart()
    one.close(), other.close()
    server.advance(10 * 60000)
    other.get("./")
    becomes(one, other.name, AWAY)
    assert row_of(one, other.name)["status"] == "on holiday"
    assert word(server, path) == "away"


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON"])
@pytest.mark.parametrize("values,error", [
    (dict(status="字" * 81), "text_long"), (dict(state="happy"), "field_bad"),
    (dict(see="all"), "field_bad")])
def test_what_is_wrong_comes_back(shared, preset, values, error):
    client = somebody(shared, preset)
    fields = {"do": "presence", "state": "busy", "status": "typed before", "see": "talks",
              "k": client.get("o?v=presence").form(to="o", do="presence").value["k"], "e": "中", **values}
    page = client.post("o", fields)
    if page.face == "json":
        assert page.json["error"] == error
    else:
        assert T(f"error.{error}") in page.words, page.words
    form = page.form(to="o", do="presence")
    assert form.value["status"] == fields["status"]
    if "state" not in values:
        assert form.value["state"] == "busy", "what was chosen beside it is not lost"
    form = client.get("o?v=presence").form(to="o", do="presence")
    assert [form.value[n] for n in ("state", "status", "see")] == ["auto", "", "friends"]


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
@pytest.mark.parametrize("lang", ["en", "zh-CN", "zh-TW"])
def test_the_longest_line_in_every_language(shared, preset, lang):
    """No deck over its budget: checked on each page."""
    one, other, cid = pair(shared, preset, preset)
    for client in (one, other):
        save(client, lang=lang)
    for line in ("啊" * 80, "$" * 80, "\U0001f600" * 80):
        page = choose(other, state="invisible", status=line)
        assert T("notice.saved", lang) in page.words
        choose(other, state="phone")
        image(other)
        for number in range(3):
            say(other, cid, "中文" * 40 + str(number))
        other.get(cid + "?v=form")
        for href in ("f", cid, "./"):
            assert one.get(href).status == 200
        assert T("showing.writing", lang) in one.get(cid).words
        one.get(f"u{row_of(one, other.name)['href'][1:]}")
        assert T("showing.image_again", lang) in image_page(other).text


def test_a_form_needs_its_key(shared):
    client = somebody(shared)
    page = client.post("o", {"do": "presence", "state": "busy", "k": "x", "e": "中"})
    assert T("error.key") in page.words
    for href in ("o?v=presence&do=image", "o?do=presence&state=busy"):
        client.get(href)
    assert "image" not in data(client, "o?v=presence")
    assert data(client, "o?v=presence")["states"][0]["on"]


# ---- to whom ----------------------------------------------------------------------

def test_friends_only_is_the_default(shared):
    one, other, cid = pair(shared)
    assert state_of(one, other.name) == ONLINE
    person(other, one.name)
    other.submit(other.page.form(do="remove"))
    other.get("./")
    assert "presence" not in data(one, cid)
    assert all("presence" not in t for t in data(one, "./")["talks"])


def test_everybody_with_a_talk_if_so_chosen_and_never_the_blocked(shared):
    one, other, cid = pair(shared)
    say(other, cid, "hello")
    person(other, one.name)
    other.submit(other.page.form(do="remove"))
    choose(other, see="talks", status="here I am")
    zt.wait_until("shown in the talk", lambda: data(one, cid).get("presence") == ONLINE)
    assert data(one, cid)["status"] == "here I am"
    assert data(one, "./")["talks"][0]["presence"] == ONLINE
    other.get(other.resolve(data(other, cid)["person"]))
    other.submit(other.page.form(do="block"))
    other.get("./")
    assert "presence" not in data(one, cid)


def test_nobody_is_offline_to_everybody(shared):
    one, other, cid = pair(shared)
    path = image(other)
    choose(other, see="nobody", status="to myself")
    other.get("./")
    becomes(one, other.name, OFFLINE)
    assert "status" not in row_of(one, other.name)
    assert "presence" not in data(one, cid) and word(shared, path) == "offline"


def test_a_stranger_sees_nothing(shared):
    one, other = friends(shared)
    third = somebody(shared)
    uid = row_of(one, other.name)["href"]
    assert third.get(uid).status == 404
    ask(third, other.name)
    assert "presence" not in data(third, uid)


# ---- the invisible ----------------------------------------------------------------

def masked(page, of):
    """A page's bytes without what is the time's, the person's or the round's own."""
    text = page.body.decode("utf-8", "replace")
    for what, put in of:
        text = re.sub(rf"(?<![\w-]){re.escape(what)}(?![\w-])", put, text)
    text = re.sub(r"\d\d:\d\d:\d\d", "TIME", text)
    text = re.sub(r'("asof"|"time"):\d+', r"\1:0", text)
    text = re.sub(r"(?<=[\"(][rm])(pe[0-9a-f]+|c\d+_\d+)", "N", text)      # variables of WML
    text = re.sub(r"[?&;]?w=[\w.]+", "WAIT", text)
    text = re.sub(r'(name="k"\s+value="|"key":")[\w-]+', r"\1KEY", text)
    headers = {n: v for n, v in page.headers.items() if n not in ("Date", "ETag", "Content-Length")}
    return page.status, headers, text


def views(viewer, name, path, presets=("CHROME", "NOKIA7110", "JSON")):
    """All that a friend can get of a person, by address, in every face."""
    uid = row_of(viewer, name)["href"]
    cid = row_of(viewer, name)["talk"]
    of = ((name, "NAME"), (uid, "UID"), (cid, "CID"), (path, "PATH"), (path[3:], "PATH"))
    out = {}
    for client in viewer.faces:
        for href in (uid, cid, cid + "?b=1"):
            page = client.request("GET", client.resolve(href))
            out[client.preset, href.replace(uid, "UID").replace(cid, "CID")] = masked(page, of)
    for ending in ("gif", "png", "wbmp", "txt"):
        page = viewer.server.client().request("GET", f"{path}.{ending}")
        out[ending] = page.status, sorted((n, v) for n, v in page.headers.items() if n != "Date"), page.body
    mine = row_of(viewer, name)
    out["row"] = mine["presence"], mine.get("status")
    return out


def unlike(one, other):
    """Where two views part."""
    return [(a[max(at - 80, 0):at + 80], b[max(at - 80, 0):at + 80]) for a, b in zip(map(str, one), map(str, other))
            if a != b for at in [len(os.path.commonprefix([a, b]))]]


def same(ones, others):
    """Asserts it view by view, so that a difference can be read."""
    assert ones.keys() == others.keys()
    for where, one in ones.items():
        assert one == others[where], (where, unlike(one, others[where]))


def watcher(server):
    viewer = somebody(server)
    viewer.faces = [viewer, somebody_else(viewer, "NOKIA7110"), somebody_else(viewer, "JSON")]
    return viewer


def befriend_and_write(viewer, client):
    ask(viewer, client.name)
    client.get("f")
    client.submit(client.page.form(to="f", do="accept"))
    cid = talk(client, viewer.name)
    say(client, cid, "the same words")
    return cid


def waiting(client, href):
    """A hold that is one: what comes between page and wait is news and answers at once."""
    server = client.server
    while True:
        before = server.held()
        held = client.hold(client.get(href).waits_on)
        zt.wait_until("held or answered", lambda: held.answered or server.held() > before)
        if not held.answered:
            return held


def a_sweep_goes_by(server, control, witness):
    """Somebody else comes: whoever is told of that is told by a sweep after all before."""
    held = waiting(witness, "f")
    control.get("./")
    server.advance(11000)                   # past the pace of the one before
    assert T("presence.2") in held.join().words


def all_is_told(server, controls, witness):
    """Nobody of before is here any more, and nothing of that is still to be told."""
    for ms, control in ((12 * 60000, controls[0]), (40000, controls[1])):
        server.advance(ms)
        a_sweep_goes_by(server, control, witness)


def test_the_invisible_and_the_absent_are_twins(serve):
    server = serve(hold_s=LONG)
    viewer, witness = watcher(server), somebody(server)
    ghost, absent, *controls = (somebody(server) for _ in range(5))
    cids, paths = {}, {}
    for client in (ghost, absent):
        cids[client.name] = befriend_and_write(viewer, client)
        choose(client, status="a line that was here")
        paths[client.name] = image(client)
    for control in controls:
        befriend_and_write(witness, control)
    choose(ghost, state="invisible")
    for client in viewer.faces:
        for cid in cids.values():
            client.get(cid)                 # all is read, also by pages kept in memory
    all_is_told(server, controls, witness)
    before = views(viewer, ghost.name, paths[ghost.name])
    same(before, views(viewer, absent.name, paths[absent.name]))
    ghost_row = row_of(viewer, ghost.name)
    hrefs = ["f", "./", ghost_row["href"], ghost_row["talk"]]
    tags = {(c, h): c.get(h).header("ETag") for c in viewer.faces for h in hrefs}

    # Whatever a person does who is here
    held = waiting(ghost, "./")
    ghost.get(cids[ghost.name] + "?v=form")
    choose(ghost, status="another line", see="talks")
    save(ghost, lang="zh-CN", rows="10")
    phone = somebody_else(ghost, "NOKIA7110")
    phone.get("f")
    ask(ghost, witness.name)
    a_sweep_goes_by(server, controls[2], witness)

    for (client, href), tag in tags.items():
        page = client.request("GET", client.resolve(href), extra={"If-None-Match": tag})
        assert page.status == 304, f"{client.preset} {href} moved"
    after = views(viewer, ghost.name, paths[ghost.name])
    same(after, before)
    same(after, views(viewer, absent.name, paths[absent.name]))
    held.client.close()


def test_a_hold_does_not_wake_for_the_invisible(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    witness, *controls = (somebody(server) for _ in range(4))
    for control in controls:
        befriend_and_write(witness, control)
    choose(other, state="invisible")
    all_is_told(server, controls, witness)
    holds = [waiting(one, href) for href in ("f", cid)]
    other.get("./")
    other.get(cid + "?v=form")
    choose(other, status="x")
    a_sweep_goes_by(server, controls[2], witness)
    assert not any(h.answered for h in holds)
    assert server.held() == 2


# ---- is writing -------------------------------------------------------------------

def writes(page):
    return page.json.get("writing", False) if page.face == "json" else T("showing.writing") in page.words


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "NOKIA7110", "JSON"])
def test_an_open_form_is_told_and_a_message_ends_it(serve, preset):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server, preset)
    page = one.get(cid)
    assert not writes(page)
    held = one.hold(page.waits_on)
    server.wait_held()
    other.get(cid + "?v=form")
    page = held.join()
    assert writes(page), page.words
    other.submit(message_form(other), m="here it is")
    page = one.get(cid)
    assert not writes(page) and "here it is" in page.words


def test_it_wakes_rarely(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    server.advance(60000)
    held = one.hold(one.get(cid).waits_on)
    server.wait_held()
    other.get(cid + "?v=form")
    page = held.join()
    held = one.hold(page.waits_on)
    server.wait_held()
    for _ in range(3):
        other.get(cid + "?v=form")          # the same form again
    assert server.held() == 1
    say(other, cid, "a message wakes at once")
    page = held.join()
    held = one.hold(page.waits_on)
    server.wait_held()
    other.get(cid + "?v=form")              # and begun again: within 30 s nobody is woken
    assert server.held() == 1
    server.advance(31000)
    assert writes(held.join())


def test_it_ends_by_time_and_tags_say_so(serve):
    server = serve()
    one, other, cid = pair(server, "LYNX")
    other.get(cid + "?v=form")
    page = one.get(cid)
    assert writes(page)
    extra = {"If-None-Match": page.header("ETag")}
    assert one.request("GET", f"/{cid}", extra=extra).status == 304
    server.advance(121000)
    page = one.request("GET", f"/{cid}", extra=extra)
    assert page.status == 200 and not writes(page)


@pytest.mark.parametrize("method,extra", [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch"}),
                                          ("GET", {"Sec-Fetch-Site": "cross-site"})])
def test_what_nobody_looks_at_is_no_writing(shared, method, extra):
    one, other, cid = pair(shared)
    other.request(method, f"/{cid}?v=form", extra=extra)
    assert not writes(one.get(cid))


@pytest.mark.parametrize("values", [dict(state="invisible"), dict(see="nobody")])
def test_who_is_not_to_be_seen_does_not_write(shared, values):
    one, other, cid = pair(shared)
    choose(other, **values)
    other.get(cid + "?v=form")
    assert not writes(one.get(cid))


def test_who_becomes_invisible_does_not_write_any_more(shared):
    one, other, cid = pair(shared)
    other.get(cid + "?v=form")
    assert writes(one.get(cid))
    choose(other, state="invisible")
    zt.wait_until("no longer", lambda: not writes(one.get(cid)))


# ---- the image --------------------------------------------------------------------

DECODE = {"gif": "giftopnm", "png": "pngtopam", "wbmp": "wbmptopbm"}
TYPES = {"gif": "image/gif", "png": "image/png", "wbmp": "image/vnd.wap.wbmp"}


def pixels(ending, body):
    run = subprocess.run([DECODE[ending]], input=body, capture_output=True, check=True)
    return run.stdout


def test_pictures_decode_and_differ_in_every_format(tmp_path):
    subprocess.run([sys.executable, os.path.join(DRAWINGS, "draw.py"), tmp_path], check=True)
    for ending in DECODE:
        seen = set()
        for state in WORDS:
            with open(os.path.join(DRAWINGS, f"{state}.{ending}"), "rb") as f:
                picture = pixels(ending, f.read())
            assert b"16 16" in picture[:20], (state, ending)
            assert picture == pixels(ending, (tmp_path / f"{state}.{ending}").read_bytes()), \
                f"{state}.{ending} is not what draw.py draws"
            seen.add(picture)
        assert len(seen) == len(WORDS)


def test_the_image_shows_what_friends_see(serve):
    server = serve()
    other = somebody(server)
    path = image(other)
    assert re.fullmatch(r"/p/[\w-]{20}", path)
    for state, shown in STATES.items():
        choose(other, state=state)
        assert word(server, path) == WORDS[shown]
        for ending, type in TYPES.items():
            page = fetch(server, f"{path}.{ending}")
            with open(os.path.join(DRAWINGS, f"{WORDS[shown]}.{ending}"), "rb") as f:
                assert page.body == f.read(), (state, ending)
            assert page.type == type
    choose(other, state="auto")
    for ms, shown in ((95000, "away"), (300000, "offline")):
        server.advance(ms)
        assert word(server, path) == shown


def reply(server, path):
    page = fetch(server, path)
    return page.status, sorted((n, v) for n, v in page.headers.items() if n != "Date"), page.body


@pytest.mark.parametrize("ending", ["gif", "png", "wbmp", "txt"])
def test_unknown_void_and_absent_are_the_same_grey(serve, ending):
    server = serve()
    one, ghost, other = (somebody(server) for _ in range(3))
    void = image(one)
    fresh = image(one)
    off = image(other)
    assert image(other, "noimage") is None
    assert len({void, fresh, off}) == 3
    hidden = image(ghost)
    choose(ghost, state="invisible")
    flipped = void[:-1] + ("A" if void[-1] != "A" else "B")
    names = [void, off, hidden, flipped, "/p/x", "/p/", "/p/" + "A" * 20, "/p/" + "A" * 200, "/p/%00",
             "/p/%ff" + "A" * 17, void + "A"]
    replies = {str(reply(server, f"{n}.{ending}")) for n in names}
    assert len(replies) == 1, replies
    assert reply(server, f"{void}.{ending}")[0] == 200
    assert reply(server, f"{fresh}.{ending}") != reply(server, f"{void}.{ending}")
    again = image(other)
    assert again != off and word(server, again) == "online" and word(server, off) == "offline"


def test_headers_for_other_sites(serve):
    server = serve(log_level="debug")
    path = image(somebody(server))
    page = fetch(server, path + ".gif", Referer="http://forum.example/secret-topic",
                 **{"Sec-Fetch-Site": "cross-site", "Origin": "http://forum.example"})
    assert page.status == 200
    assert re.fullmatch(r"public, max-age=\d+", page.header("Cache-Control"))
    assert page.header("Cross-Origin-Resource-Policy") == "cross-origin"
    for name in ("Set-Cookie", "Vary", "Content-Security-Policy", "Location"):
        assert not page.header(name), name
    assert page.header("ETag").startswith('"')
    again = fetch(server, path + ".gif", **{"If-None-Match": page.header("ETag")})
    assert again.status == 304 and again.body == b"" and again.header("ETag") == page.header("ETag")
    assert "secret-topic" not in server.stderr()


def test_head_queries_and_other_methods(serve):
    server = serve()
    path = image(somebody(server))
    get = fetch(server, path + ".png")
    head = fetch(server, path + ".png", "HEAD")
    assert head.status == 200 and head.body == b""
    assert head.header("Content-Length") == str(len(get.body))
    assert fetch(server, path + ".png?t=1").body == get.body
    for method in ("POST", "PUT", "DELETE"):
        assert fetch(server, path + ".png", method).status in (404, 405)
    for other in (path, path + ".jpg", "/px.gif"):
        assert fetch(server, other).status == 404, other


def test_the_page_has_lines_to_copy(serve):
    server = serve()
    client = somebody(server)
    path = image(client)
    page = client.get("o?v=presence")
    url = f"http://{server.host}:{server.port}{path}.gif"
    shown = [el.get("value") for el in page.xml.iter() if el.get("readonly")]
    assert f'<img src="{url}" alt="{client.name}" width="16" height="16">' in shown
    assert f"[img]{url}[/img]" in shown
    assert any(el.get("src") == path + ".gif" and el.get("alt") for el in page.xml.iter())


@pytest.mark.parametrize("preset", ["NOKIA7110", "GBK", "LYNX"])
def test_every_client_makes_and_voids_it(shared, preset):
    client = somebody(shared, preset)
    first = image(client)
    assert word(shared, first) in ("online", "phone")
    assert f"{first}.gif" in (image_page(client).words + image_page(client).text)
    second = image(client)
    assert word(shared, first) == "offline" and word(shared, second) != "offline"
    assert image(client, "noimage") is None
    assert word(shared, second) == "offline"


def test_an_image_outlives_a_restart_and_a_password_line(serve):
    server = serve()
    client = somebody(server)
    path = image(client)
    server.restart()
    client.close()
    client.get("./")
    assert word(server, path) == "online"


def test_two_people_have_nothing_in_common(shared):
    a, b = image(somebody(shared)), image(register(shared.client()))
    assert sum(x == y for x, y in zip(a[3:], b[3:])) < 10


def test_every_word_has_a_name_in_every_language():
    for lang in ("en", "zh-CN", "zh-TW"):
        names = [catalogue(lang)[f"presence.{n}"] for n in range(5)]
        assert len(set(names)) == 5
