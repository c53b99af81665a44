"""What people with phones ran into: each of these once went wrong for a tester."""
import re

from people import ask, befriend, message_form, pair, person, say, somebody, talk, texts
from words import T

XHTML_PHONE = ("CHROME", {
    "User_Agent": "SonyEricssonK800i/R1AA Browser/NetFront/3.3 Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "Accept": "text/html, application/xhtml+xml, application/vnd.wap.xhtml+xml, text/vnd.wap.wml"})

def inputs(page):
    return set(re.findall(r'<input name="(\w+)"', page.text))


def test_no_two_forms_share_a_variable(shared):
    """A phone keeps what was typed under the input's name: it must not stand in another box."""
    one, first, cid = pair(shared, "NOKIA7110")
    second = somebody(shared)
    befriend(one, second)
    other = talk(one, second.name)
    seen = [inputs(one.get(href)) for href in (cid, other, "f", "register")]
    for at, names in enumerate(seen):
        assert names and not any(names & later for later in seen[at + 1:]), seen


def test_a_new_text_gets_a_new_variable(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    before = inputs(one.get(cid))
    say(one, cid, "first")
    assert not inputs(one.get(cid)) & before


def resend(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    one.get(cid)
    form = message_form(one)
    one.submit(form, m="only once")
    return one, other, cid, one.submit(form, m="only once")


def test_the_first_key_does_not_send_again(shared):
    one, other, cid, page = resend(shared)
    accept = next(el for el in page.xml.iter("do") if el.get("type") == "accept")
    assert accept.get("label") == T("nav.back")
    assert accept.find("go").get("href").startswith(cid + "?")
    assert page.form(typed="m"), "sending it again is there, by choice"
    assert texts(other, cid) == ["only once"]


def test_back_from_what_was_sent_forgets_it(shared):
    one, other, cid, page = resend(shared)
    page = one.get(page.link(text=T("nav.back")).href)
    assert 'newcontext="true"' in page.text


def test_unread_messages_behind_the_page_are_counted(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    for n in range(12):
        say(other, cid, f"note {n}.")
    page = one.get(cid)
    shown = len(re.findall(r"note \d+\.", page.words))
    left = 12 - shown
    while left > 0:
        assert f"({left})" in page.words, page.words
        assert T("talk.new") not in page.words
        page = one.get(page.link(text=T("nav.older")).href)
        left -= len(re.findall(r"note \d+\.", page.words))
    assert "note 0." in page.words


def test_who_has_blocked_is_told_so(shared):
    one, other, cid = pair(shared)
    person(one, other.name)
    one.submit(one.page.form(do="block"))
    page = one.get(cid)
    page = one.submit(message_form(one), m="you there?")
    assert T("error.blocking") in page.words
    assert not person_links(one, other, cid)


def person_links(client, other, cid):
    page = client.get("f?v=blocked")
    page = client.get(page.link(text=other.name).href)
    return page.link(rf"^{cid}$")


def test_no_name_is_nobody(shared):
    one = somebody(shared, "NOKIA7110")
    page = ask(one, "")
    assert T("error.no_such_name") in page.words and page.form(typed="name", do="ask")


def test_all_zones_are_within_reach_of_a_phone(shared):
    one = somebody(shared, "NOKIA7110")
    page = one.get(one.get("o").link(r"^o\?v=zone").href)
    zones = [int(v) for v in re.findall(r'<option value="(-?\d+)">UTC', page.text)]
    assert min(zones) == -720 and max(zones) == 840 and len(zones) == 34


def test_waiting_in_vain_says_so(serve):
    server = serve(hold_s=1, hold_max_s=1)
    one, other, cid = pair(server, "LYNX")
    page = one.get(one.get(cid).link(r"w=").href)
    assert T("notice.no_news") in page.words
    page = other.get(other.get(cid).waits_on)
    assert T("notice.no_news") not in page.words, "where it waits by itself there is no need to"


def test_a_phone_of_another_script_can_tell_names_apart(shared):
    """GB2312 has no traditional characters: they come as references, not as question marks."""
    one = somebody(shared, "NOKIA7110", Accept_Charset="gb2312")
    names = ["陳媽媽" + str(one.name)[-4:], "體重龍" + str(one.name)[-4:]]
    for name in names:
        befriend(somebody(shared, name=name), one)
    page = one.get("f")
    assert "charset=gb2312" in page.header("Content-Type")
    for name in names:
        assert name in page.words, page.words


def test_small_screens_see_the_message_before_the_field(shared):
    for preset, first in (("CHROME", "<textarea"), ("LYNX", "<textarea"), (XHTML_PHONE, "a short note")):
        kind, headers = preset if isinstance(preset, tuple) else (preset, {})
        one, other, cid = pair(shared, kind, **headers)
        say(other, cid, "a short note")
        page = one.get(cid)
        text = page.text + "".join(part.text for part in page.parts)
        assert "<textarea" in text and "a short note" in text
        last = "a short note" if first == "<textarea" else "<textarea"
        assert text.index(first) < text.index(last), preset
