"""A WML phone behind a real WAP gateway talks with a person at a text browser.
Gateway, server and phone share a network of their own (kannel.own_network)."""
import people
import pytest
from kannel import Phone, gateway                                     # noqa: F401
from textbrowsers import Lynx
from textwalk import NAME, register, url, write
from words import T
from zt import Server


@pytest.fixture
def wap(gateway):                                             # noqa: F811
    """The server is started inside the gateway's network."""
    server = Server()
    try:
        yield gateway, server
    finally:
        server.fini()


@pytest.mark.parametrize("session", [False, True], ids=["connectionless", "session"])
def test_a_phone_and_a_text_browser_talk(wap, session):
    gate, server = wap
    phone = Phone(gate, server, session=session, lang="zh-CN")
    try:
        people.register(phone, "手机用户")
        friend = people.somebody(server, "LYNX", name="终端用户")
        people.ask(phone, "终端用户")
        people.answer(friend)
        cid = people.talk(friend, "手机用户")
        phone.get("./")
        phone.get(cid)
        form = phone.page.form(typed="m")
        phone.submit(form, m="从手机来：你好 $5 & <b>")
        assert people.texts(friend, cid) == ["从手机来：你好 $5 & <b>"]
        people.say(friend, cid, "从终端来 100$ 😀")
        phone.get(cid)
        assert "从终端来 100$ 😀" in phone.page.words
        assert "从手机来：你好 $5 & <b>" in phone.page.words
        for n in range(12):
            people.say(friend, cid, f"第{n}条消息，稍微长一点")
        phone.get(cid)
        assert "第11条消息" in phone.page.words
        assert 0 < phone.largest <= 1200
        people_sign_out_and_in(phone, cid)
    finally:
        phone.close()


def people_sign_out_and_in(phone, cid):
    phone.get("o")
    phone.submit(phone.page.form(to="logout"))
    assert people.has_sign_in(phone.page)
    people.sign_in(phone)
    phone.get(cid)
    assert "第11条消息" in phone.page.words


def test_phones_behind_one_gateway_do_not_mix(wap):
    """One address for all of them, with sessions and without, in turn."""
    gate, server = wap
    phones = [Phone(gate, server, session=session) for session in (True, False, True, False)]
    try:
        for phone in phones:
            people.register(phone)
        for _ in range(3):
            for phone in phones:
                words = phone.get("o").words + phone.get("./").words
                for other in phones:
                    assert other is phone or other.name not in words
                assert not people.has_sign_in(phone.page)
    finally:
        for phone in phones:
            phone.close()


def test_waiting_for_news_through_the_gateway(wap):
    gate, server = wap
    phone = Phone(gate, server)
    try:
        people.register(phone)
        friend = people.somebody(server, "LYNX")
        people.befriend(phone, friend)
        cid = people.talk(friend, phone.name)
        phone.get(cid)
        held = phone.hold(phone.page.link(r"[?&]w=").href)
        server.wait_held()
        people.say(friend, cid, "through the gateway")
        assert "through the gateway" in held.join().words
    finally:
        phone.close()


def test_errors_are_decks_too(wap):
    gate, server = wap
    phone = Phone(gate, server)
    try:
        people.register(phone)
        assert phone.get("nothing-here").status == 404
        assert T("error.not_found") in phone.page.words
        assert phone.get("c999").status == 404
        page = phone.submit(phone.get("f").form(to="f", typed="name"), name="nobody-of-that-name")
        assert T("error.no_such_name") in page.words
    finally:
        phone.close()


def test_a_phone_and_a_real_lynx(wap):
    gate, server = wap
    phone, browser = Phone(gate, server), None
    try:
        browser = Lynx(url(server))
        register(browser)
        people.register(phone, "phone-person")
        people.ask(phone, NAME)
        browser.follow(T("nav.refresh"))
        browser.wait(T("do.accept"))
        browser.press(T("do.accept"))
        browser.wait(T("notice.accepted"))
        browser.follow("phone-person")
        browser.wait(T("nav.wait"))
        write(browser, "从真的 lynx")
        cid = people.talk(phone, NAME)
        assert "从真的 lynx" in phone.page.words
        browser.follow(T("nav.wait"))
        server.wait_held()
        phone.get(cid)
        phone.submit(phone.page.form(typed="m"), m="从手机")
        browser.wait("从手机")
    finally:
        phone.close()
        if browser:
            browser.close()
