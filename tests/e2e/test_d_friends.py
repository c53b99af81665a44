"""Friends: asking, answering, remarks, blocks, and what each side may see."""
import pytest
from people import (answer, ask, befriend, friends, message_form, older, pair, person, row, save,
                    say, sign_in, somebody, somebody_else, talk, texts)
from words import T
from zt import wait_until

MINUTE = 60000


def do(client, name, what, **values):
    """Uses the form `what` on the page of `name`."""
    person(client, name)
    return client.submit(client.page.form(do=what), **values)


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON"])
def test_ask_and_accept(shared, preset):
    one, other = somebody(shared, preset), somebody(shared, preset)
    page = ask(one, other.name)
    assert page.status == 200
    assert other.name in one.get("f").words, "it waits for an answer"
    assert one.name in other.get("f").words
    answer(other)
    for a, b in ((one, other), (other, one)):
        assert row(a, b.name), "friends on both lists"
    assert talk(one, other.name) == talk(other, one.name)


def test_refusing_leaves_nothing(shared):
    one, other = somebody(shared), somebody(shared)
    ask(one, other.name)
    answer(other, "refuse")
    assert one.name not in other.get("f").words
    assert other.name not in one.get("f").words
    befriend(one, other)
    assert row(one, other.name), "asking again is allowed"


def test_taking_a_request_back(shared):
    one, other = somebody(shared), somebody(shared)
    ask(one, other.name)
    one.get("f")
    page = one.submit(one.page.form(to="f", do="takeback"))
    assert T("notice.taken_back") in page.words
    assert one.name not in other.get("f").words
    assert other.name not in one.get("f").words


def test_asking_each_other_makes_friends(shared):
    one, other = somebody(shared), somebody(shared)
    ask(one, other.name)
    page = ask(other, one.name)
    assert T("notice.friends_now") in page.words
    assert row(one, other.name) and row(other, one.name)


def test_asking_oneself_nobody_and_friends(shared):
    one, other = friends(shared)
    assert T("error.self") in ask(one, one.name).words
    page = ask(one, "no-such-person")
    assert T("error.no_such_name") in page.words
    assert page.form(to="f", typed="name").value["name"] == "no-such-person", "typed text is kept"
    page = ask(one, other.name)
    assert page.status == 200 and T("notice.already_friends") in page.words
    page = ask(one, other.name.upper().replace("U-", "Ｕ-"))
    assert T("notice.already_friends") in page.words, "names in any guise"


def test_a_request_shows_on_every_page(shared):
    one, other = somebody(shared), somebody(shared)
    ask(one, other.name)
    for href in ("o", "./", "f"):
        page = other.get(href)
        assert one.name in page.words or T("bar.asks") in page.words, href


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
def test_a_remark_is_shown_instead_of_the_name_to_me_only(shared, preset):
    one, other = friends(shared, preset)
    cid = talk(one, other.name)
    remark = "老<王>$1&"
    do(one, other.name, "remark", remark=remark)
    for href in ("f", "./", cid):
        assert remark in one.get(href).words, href
    assert remark not in other.get("f").words + other.get(cid).words
    person(one, remark)
    one.submit(one.page.form(do="remark"), remark="")
    assert remark not in one.get("f").words and row(one, other.name)


def test_removing_ends_the_friendship_on_both_sides_and_keeps_the_talk(shared):
    one, other, cid = pair(shared)
    say(one, cid, "before")
    do(one, other.name, "remove")
    assert not one.get("f").link(text=other.name)
    assert not other.get("f").link(text=one.name)
    assert "before" in other.get(cid).words
    assert "before" in one.get(cid).words


def friends_only(client):
    save(client, rule="friends")


def test_only_friends_may_write_when_one_wishes_so(shared):
    one, other, cid = pair(shared)
    friends_only(other)
    say(one, cid, "as a friend")
    do(other, one.name, "remove")
    one.get(cid)
    if one.page.form(typed="m") or one.page.link("v=form"):
        page = one.submit(message_form(one), m="as a stranger")
        assert T("error.not_taken") in page.words
        assert "as a stranger" in page.text, "the text comes back"
    assert texts(other, cid) == ["as a friend"]


def test_a_stranger_may_write_where_everyone_may(shared):
    one, other = somebody(shared), somebody(shared)
    ask(one, other.name)
    page = other.get("f")
    page = other.click(r"^u\d+", one.name)
    form = page.form(do="send")
    if form:                              # the talk does not exist yet
        page = other.submit(form, m="hello stranger")
        cid = page.url.rpartition("/")[2].partition("?")[0]
        assert cid.startswith("c")
        assert "hello stranger" in one.get(cid).words


# ---- blocks -------------------------------------------------------------------

def test_blocked_people_cannot_write(shared):
    one, other, cid = pair(shared)
    other.get(cid)
    form = message_form(other)
    do(one, other.name, "block")
    page = other.submit(form, m="let me in")
    assert T("error.not_taken") in page.words
    assert "let me in" in page.text, "the text comes back"
    assert "let me in" not in "".join(texts(one, cid))


def masked(page):
    import re
    return re.sub(r"\d\d:\d\d(:\d\d)?|[A-Za-z0-9_-]{19}", "*", page.words)


def test_blocked_people_cannot_tell(serve):
    """Side by side: removed by one who takes messages of friends only, blocked by another."""
    server = serve()
    remover, blocker = somebody(server, name="remover"), somebody(server, name="blocker")
    victim = somebody(server)
    for client in (remover, blocker):
        friends_only(client)
        befriend(victim, client)
    links = {c.name: (talk(victim, c.name), person(victim, c.name).url) for c in (remover, blocker)}
    do(remover, victim.name, "remove")
    do(blocker, victim.name, "block")
    seen = {}
    for name, (cid, page_url) in links.items():
        seen[name] = [(masked(page).replace(name, "X"), page.status)
                      for page in (victim.get(cid), victim.go("GET", page_url), victim.get("f"),
                                   ask(victim, name), victim.get("f"), victim.go("GET", page_url))]
        victim.get("f")
        victim.submit(victim.page.form(to="f", do="takeback"))
    assert seen["remover"][0] == seen["blocker"][0], "the talk"
    assert seen["remover"][1] == seen["blocker"][1], "the person's page"
    assert seen["remover"][3] == seen["blocker"][3], "asking again"
    assert seen["remover"][5] == seen["blocker"][5], "the person's page, asked"


def test_the_blocker_sees_no_request_of_the_blocked(shared):
    one, other, cid = pair(shared)
    do(one, other.name, "block")
    ask(other, one.name)
    assert T("bar.asks") not in one.get("o").words
    assert T("friends.requests") not in one.get("f").words


def presence_of(client, name):
    page = client.request("GET", client.resolve("f"), extra={"Accept": "application/json"})
    return next((f.get("presence", "unseen") for f in page.json["friends"] if f["name"] == name),
                "no friend")


def test_presence_is_for_friends_and_fades(serve):
    server = serve()
    one, other = friends(server)
    wait_until("online", lambda: presence_of(one, other.name) == 2)
    server.advance(30 * MINUTE)
    wait_until("offline", lambda: presence_of(one, other.name) == 0)
    server.advance(MINUTE)            # a viewer's list moves at most every 10 s
    other.get("./")
    wait_until("online again", lambda: presence_of(one, other.name) == 2)
    do(other, one.name, "block")
    assert presence_of(one, other.name) in ("unseen", "no friend")


def test_unblocking(shared):
    one, other, cid = pair(shared)
    do(one, other.name, "block")
    page = one.get("f")
    blocked = page.link("v=blocked")
    assert blocked, page.words
    page = one.get(blocked.href)
    assert other.name in page.words
    one.submit(page.form(to="f", do="unblock"))
    assert not one.get("f").link("v=blocked")
    befriend(other, one)
    say(other, cid, "hello again")
    assert texts(one, cid)[0] == "hello again"


def test_a_person_one_has_nothing_to_do_with_is_unknown(shared):
    one, other = somebody(shared), somebody(shared)
    third, fourth = friends(shared)
    url = person(third, fourth.name).url
    page = one.go("GET", url)
    unknown = one.get("u999999")
    assert page.status == unknown.status == 404
    assert masked(page) == masked(unknown)
    assert other.name not in page.text


def test_long_lists_are_paged(serve):
    """45 friends made by the operator's quick way: each asks, one accepts all."""
    server = serve()
    one = somebody(server)
    names = [f"friend-{n:02}-" for n in range(45)]
    for name in names:
        server.ctl("user", "add", name, stdin="password-of-all\n")
        client = server.client("JSON")
        client.name, client.password = name, "password-of-all"
        sign_in(client)
        ask(client, one.name)
        client.close()
        answer(one)
    for preset in ("CHROME", "NOKIA7110"):
        client = somebody_else(one, preset)
        page, seen, pages = client.get("f"), [], 0
        while True:
            seen += [n for n in names if page.link(text=n)]
            pages += 1
            href = older(page)
            if not href:
                break
            page = client.get(href)
        assert sorted(seen) == names, "everybody, once"
        assert pages > 1
