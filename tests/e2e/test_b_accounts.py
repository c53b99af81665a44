"""Accounts: names, passwords, and what a wrong one is told."""
import pytest
from people import PASSWORD, assert_signed_in, fresh_name, has_sign_in, register, sign_in, sign_out, somebody
from words import T


def try_register(client, name, password=PASSWORD):
    client.get("register")
    return client.submit(client.page.form(to="register"), name=name, password=password)


def refused(page, key, name=None):
    assert T(f"error.{key}") in page.words or page.face == "json", page.words
    form = page.form(to="register")
    assert form, "the form comes back"
    if name is not None:
        assert form.value["name"] == name, "with the name that was typed"
    assert "password" not in form.value or not form.value["password"]


@pytest.mark.parametrize("name", ["张伟", "ひろし", "Ольга", "a_b-c9", "éa", "ab", "字" * 32, "한글이름"])
def test_names_of_any_script(shared, name):
    client = register(shared.client(), name)
    assert name in client.page.words


@pytest.mark.parametrize("name", ["a", "", "x" * 33, "has space", "a/b", "a.b", "<b>x</b>", "a&b",
                                  "..", "张 伟", "😀😀", "a\u200bb", "$(x)", "一"])
def test_bad_names_are_refused_and_explained(shared, name):
    client = shared.client()
    page = try_register(client, name)
    assert page.status in (200, 400, 422), page
    refused(page, "name_bad", name if name.strip() == name and "\u200b" not in name else None)


@pytest.mark.parametrize("first,again", [
    ("taken1", "taken1"), ("taken2", "TAKEN2"), ("taken3", "ｔａｋｅｎ３"), ("Straße4", "STRASSE4"),
    ("重复5", "重复５"), ("caf\u00e96", "cafe\u03016"), ("Ⅷ7", "viii7")])
def test_a_taken_name_is_refused_in_every_guise(shared, first, again):
    register(shared.client(), first)
    page = try_register(shared.client(), again, "somebody-elses")
    assert page.status in (200, 400, 409)
    refused(page, "name_taken")


def test_a_registration_sent_twice_is_one(shared):
    """Gateways repeat a form whose answer is slow: the same person is signed in."""
    name = fresh_name()
    register(shared.client(), name)
    client = shared.client()
    try_register(client, name)
    client.name = name
    assert_signed_in(client)


def test_full_width_names_are_folded_when_shown(shared):
    client = register(shared.client(), "ｗｉｄｅ９")
    assert "wide9" in client.page.words
    client = shared.client()
    client.name, client.password = "wide9", PASSWORD
    sign_in(client)
    assert_signed_in(client)


@pytest.mark.parametrize("password,key", [("1234567", "password_short"), ("", "password_short"),
                                          ("汉字", "password_short"), ("x" * 1025, "password_long")])
def test_bad_passwords_are_refused(shared, password, key):
    page = try_register(shared.client(), "pwtest", password)
    refused(page, key, "pwtest")
    page = try_register(shared.client(), "pwtest", "汉字字")
    assert not has_sign_in(page) or page.form(to="login"), "9 bytes are enough"


def test_the_password_of_three_characters_and_nine_bytes_works(shared):
    client = register(shared.client(), "ninebytes", "汉字字")
    sign_out(client)
    sign_in(client, password="汉字字")
    assert_signed_in(client)


def test_full_width_passwords_are_the_same(shared):
    client = register(shared.client(), "fullwidth", "abcd1234")
    sign_out(client)
    sign_in(client, password="ａｂｃｄ１２３４")
    assert_signed_in(client)


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON"])
def test_wrong_password_and_unknown_name_get_the_same_answer(shared, preset):
    person = somebody(shared)
    answers = []
    for name, password in ((person.name, "wrong-password"), ("nobody-at-all", "wrong-password")):
        client = shared.client(preset)
        client.get("/")
        page = client.submit(client.page.form(to="login"), name=name, password=password)
        assert has_sign_in(page)
        assert "wrong-password" not in page.text
        if preset == "CHROME":
            assert T("error.credentials") in page.words
        answers.append((page.status, page.words.replace(name, "NAME")))
    assert_same_but_time(*answers)


def assert_same_but_time(one, other):
    import re
    def masked(answer):
        return answer[0], re.sub(r"\d\d:\d\d:\d\d|[A-Za-z0-9_-]{19}|\d{13}", "*", answer[1])
    assert masked(one) == masked(other)


def test_the_name_typed_before_is_still_in_the_form(shared):
    client = shared.client()
    client.get("/")
    page = client.submit(client.page.form(to="login"), name="typed-before", password="whatever99")
    assert page.form(to="login").value["name"] == "typed-before"
    assert not page.form(to="login").value.get("password")


def change_password(client, old, new):
    client.get("o?v=password")
    form = client.page.form(to="o", do="password")
    return client.submit(form, password=old, new=new)


def test_change_password_ends_the_other_sessions(shared):
    client = somebody(shared)
    other = shared.client("W3M")
    other.name, other.password = client.name, client.password
    sign_in(other)
    assert_signed_in(other)
    page = change_password(client, PASSWORD, "another-secret")
    assert page.status == 200 and not has_sign_in(page), page.words
    assert T("notice.password_changed") in page.words
    assert_signed_in(client)
    other.signed_in = False
    assert has_sign_in(other.get("./")), "the other session ended"
    assert has_sign_in(sign_in(other)), "the old password no longer works"
    sign_in(other, password="another-secret")
    assert_signed_in(other)


def test_change_password_wants_the_old_one(shared):
    client = somebody(shared)
    page = change_password(client, "not-the-password", "another-secret")
    assert T("error.password_wrong") in page.words
    page = change_password(client, PASSWORD, "short")
    assert T("error.password_short") in page.words
    sign_out(client)
    sign_in(client)
    assert_signed_in(client)


def test_passwords_and_names_by_the_operator(serve):
    server = serve()
    server.ctl("user", "add", "andrea", stdin="operator-made-1\n")
    client = server.client()
    client.name, client.password = "andrea", "operator-made-1"
    sign_in(client)
    assert_signed_in(client)
    server.ctl("user", "passwd", "andrea", stdin="operator-made-2\n")
    client.signed_in = False
    assert has_sign_in(client.get("./")), "a new password ends all sessions"
    sign_in(client, password="operator-made-2")
    assert_signed_in(client)
    run = server.ctl("user", "passwd", "nobody-here", stdin="operator-made-3\n", ok=False)
    assert run.returncode != 0 and run.stderr.strip()


def test_registration_can_be_closed(serve):
    server = serve(registration=0)
    page = try_register_if_shown(server.client())
    assert not page.form(to="register") or T("error.not_found") in page.words \
        or page.status in (403, 404)


def try_register_if_shown(client):
    page = client.get("register", check=False)
    form = page.form(to="register")
    return client.submit(form, name="intruder", password=PASSWORD) if form else page
