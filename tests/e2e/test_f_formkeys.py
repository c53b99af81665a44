"""Form keys: nothing is stored twice, nothing typed is lost, nothing is sent by a
foreign page.  Each bullet of "Bad input" that concerns posts is here."""
import threading

import pytest
from people import (PASSWORD, befriend, has_sign_in, message_form, pair, person, save, say, sign_in,
                    sign_out, somebody, somebody_else, texts)
from words import T

DAY = 86400000
FACES = pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "LYNX", "JSON"])


def open_form(client, cid):
    client.get(cid)
    return message_form(client)


def comes_back(page, cid, text):
    """The page shows `text` in a form to the talk under a key of its own."""
    form = page.form(to=cid, typed="m")
    assert form, page.words
    assert form.value["m"] == text
    return form


@FACES
def test_a_resent_post_is_stored_once(shared, preset):
    one, other, cid = pair(shared, preset)
    form = open_form(one, cid)
    one.submit(form, m="once only")
    page = one.submit(form, m="once only")
    again = comes_back(page, cid, "once only")
    if preset != "JSON":
        assert T("resend.sent") in page.words
    assert texts(other, cid) == ["once only"]
    assert again.value["k"] != form.value["k"], "under a fresh key"
    one.submit(again)
    assert texts(other, cid) == ["once only"] * 2, "sent again on purpose"


@FACES
def test_the_same_words_twice_on_purpose(shared, preset):
    one, other, cid = pair(shared, preset)
    say(one, cid, "哈哈")
    say(one, cid, "哈哈")
    assert texts(other, cid) == ["哈哈"] * 2


def test_another_text_in_the_same_form_is_another_message(shared):
    one, other, cid = pair(shared)
    form = open_form(one, cid)
    one.submit(form, m="first")
    one.submit(form, m="second")
    assert texts(other, cid) == ["second", "first"]
    one.submit(form, m="first")
    assert texts(other, cid) == ["second", "first"], "the first one is remembered too"


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
def test_resent_after_a_new_sign_in_it_is_stored_once(shared, preset):
    one, other, cid = pair(shared, preset)
    form = open_form(one, cid)
    one.submit(form, m="over two sessions")
    sign_out(one)
    page = one.submit(form, m="over two sessions")
    assert has_sign_in(page)
    sign_in(one)
    form = one.page.form(typed="m")
    if form and form.value["m"] == "over two sessions":
        one.submit(form)
    assert texts(other, cid) == ["over two sessions"]


def test_resent_after_a_restart_it_is_stored_once(server):
    one, other, cid = pair(server)
    form = open_form(one, cid)
    one.submit(form, m="over two lives")
    server.kill()
    server.restart()
    one.submit(form, m="over two lives")
    assert texts(other, cid) == ["over two lives"]


def test_two_sends_at_the_same_moment(shared):
    one, other, cid = pair(shared)
    for n in range(5):
        form = open_form(one, cid)
        twins = [one.copy() for _ in range(4)]
        gate = threading.Barrier(len(twins))

        def press(twin, form=form, n=n):
            gate.wait()
            twin.submit(form, m=f"pressed twice {n}")
        threads = [threading.Thread(target=press, args=(t,)) for t in twins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for twin in twins:
            twin.close()
        assert texts(other, cid).count(f"pressed twice {n}") == 1


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "LYNX"])
@pytest.mark.parametrize("key", [None, "", "x", "A" * 19, "A" * 60, "A" * 18 + "\u4e2d"],
                         ids=["none", "empty", "x", "forged", "long", "odd"])
def test_without_a_good_key_the_text_comes_back(shared, preset, key):
    one, other, cid = pair(shared, preset)
    fields = {"m": "keep my words", "e": "中"}
    if key is not None:
        fields["k"] = key
    one.get(cid)
    page = one.post(cid, fields)
    form = comes_back(page, cid, "keep my words")
    assert texts(other, cid) == []
    one.submit(form)
    assert texts(other, cid) == ["keep my words"]


@pytest.mark.parametrize("key", [None, "", "A" * 19], ids=["none", "empty", "forged"])
def test_a_bearer_needs_no_key_and_a_forged_one_is_not_taken_for_good(shared, key):
    one, other, cid = pair(shared, "JSON")
    fields = {"m": "by a program", "e": "中"}
    if key is not None:
        fields["k"] = key
    one.get(cid)
    page = one.post(cid, fields)
    if page.json["page"] == "resend":
        assert key and page.json["text"] == "by a program" and texts(other, cid) == []
    else:
        assert texts(other, cid) == ["by a program"]


def test_the_key_of_another_person_or_page_is_none(shared):
    one, other, cid = pair(shared)
    third = somebody(shared)
    befriend(one, third)
    foreign = open_form(other, cid).value["k"]
    settings = one.get("o").form(to="o", do="save").value["k"]
    for key in (foreign, settings):
        one.get(cid)
        page = one.post(cid, {"m": "with a wrong key", "k": key, "e": "中"})
        assert comes_back(page, cid, "with a wrong key")
    assert texts(other, cid) == []


def test_the_key_of_another_session_of_the_same_person(shared):
    """The key binds the session; but its form is known, so nothing is lost or doubled."""
    one, other, cid = pair(shared)
    second = somebody_else(one)
    form = open_form(second, cid)
    one.get(cid)
    page = one.post(cid, {"m": "from the other tab", "k": form.value["k"], "e": "中"})
    again = page.form(to=cid, typed="m")
    if "from the other tab" not in texts(other, cid):
        assert again.value["m"] == "from the other tab"
        one.submit(again)
    assert texts(other, cid) == ["from the other tab"]


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
def test_a_key_older_than_three_days_asks_first(serve, preset):
    server = serve()
    one, other, cid = pair(server, preset, cookies=True)
    form = open_form(one, cid)
    server.advance(2 * DAY)
    one.submit(form, m="after two days")
    assert texts(one, cid) == ["after two days"]
    form = open_form(one, cid)
    server.advance(5 * DAY)
    page = one.submit(form, m="after a week")
    again = comes_back(page, cid, "after a week")
    assert T("resend.key") in page.words
    assert "after a week" not in texts(one, cid)
    one.submit(again)
    assert texts(one, cid)[0] == "after a week"


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": None}, {"Sec-Fetch-Site": "same-site", "Origin": None},
    {"Origin": "http://127.0.0.1:1"}])
def test_posts_from_foreign_pages_are_refused(shared, headers):
    one, other, cid = pair(shared)
    form = open_form(one, cid)
    fields = one.encode(form.filled({"m": "forged"}))
    page = one.request("POST", "/" + cid, fields, headers)
    assert page.status == 403, page
    assert texts(other, cid) == []
    for url, body in (("/logout", form.value["k"]), ("/login", ""), ("/register", "")):
        body = f"k={body}&name=forged&password={PASSWORD}".replace(" ", "+").encode()
        page = one.request("POST", url, body, headers)
        assert page.status == 403, (url, page)
    assert not has_sign_in(one.get("./")), "still signed in"


@pytest.mark.parametrize("headers", [
    {}, {"Origin": None, "Sec-Fetch-Site": None}, {"Sec-Fetch-Site": "none", "Origin": None}])
def test_posts_from_our_own_pages_and_old_clients_are_taken(shared, headers):
    one, other, cid = pair(shared)
    form = open_form(one, cid)
    page = one.request("POST", "/" + cid, one.encode(form.filled({"m": "genuine"})), headers)
    assert page.status == 303
    assert texts(other, cid) == ["genuine"]


def test_an_image_of_the_logout_page_changes_nothing(shared):
    """<img src="http://here/logout"> on a foreign page, and every other thing a GET can try."""
    one, other, cid = pair(shared)
    key = one.get("o").form(to="logout").value.get("k", "")
    for url in ("/logout", f"/logout?k={key}", f"/o?do=everywhere&k={key}",
                f"/f?do=ask&name={other.name}&k={key}", f"/{cid}?m=by+get&k={key}",
                "/login?name=x&password=y", f"/o?do=save&k={key}"):
        page = one.request("GET", url, extra={"Sec-Fetch-Site": "cross-site", "Accept": "image/*",
                                              "Sec-Fetch-Dest": "image"}, check=False)
        assert page.status in (200, 303, 400, 403, 404, 405), url
    assert not has_sign_in(one.get("./"))
    assert texts(other, cid) == []


def test_logging_out_wants_a_key(shared):
    one = somebody(shared)
    one.post("logout", {"k": "AAAA", "e": "中"})
    assert not has_sign_in(one.go("GET", "/")), "a forged sign-out is not done"


@pytest.mark.parametrize("path,fields", [
    ("f", {"do": "ask", "name": "PEER"}), ("o", {"do": "everywhere"}),
    ("o", {"do": "save", "lang": "zh-CN"}), ("u1", {"do": "block"})])
def test_other_forms_want_a_key_too(shared, path, fields):
    one, other = somebody(shared), somebody(shared)
    fields = {n: v.replace("PEER", other.name) for n, v in fields.items()}
    one.get("./")
    page = one.post(path, {**fields, "k": "A" * 19, "e": "中"})
    assert page.status in (403, 404, 409) or T("error.key") in page.words, page
    assert one.name not in other.get("f").words
    assert not has_sign_in(one.get("./"))
    assert T("nav.friends") in one.page.words, "still in English"


def test_the_text_survives_a_failed_send_to_a_stranger(shared):
    """The contact rule moved while the form was open."""
    one, other, cid = pair(shared)
    form = open_form(one, cid)
    save(other, rule="friends")
    person(other, one.name)
    other.submit(other.page.form(do="remove"))
    page = one.submit(form, m="too late")
    assert "too late" in page.text and T("error.not_taken") in page.words
    assert texts(other, cid) == []


def test_the_action_is_never_in_the_buttons_name(shared):
    """page.py refuses named buttons on every page; the settings have the most of them."""
    one, other, cid = pair(shared)
    for href in ("o", "f", "./", cid, "o?v=password"):
        for form in one.get(href).forms:
            assert form.method == "post"
            assert form.value.get("e", "中") == "中"
