"""The conversation page: order, paging, line breaks, links, dates, read marks."""
import re

import pytest
from people import (befriend, fresh_name, lines, message_form, newer, older, pair, save, say,
                    somebody, somebody_else, talk, texts)
from words import T

DAY = 86400000


def fill(client, cid, n):
    for i in range(1, n + 1):
        say(client, cid, f"no{i}.")


@pytest.fixture(scope="module")
def long_talk(shared):
    one, other, cid = pair(shared, "JSON", "JSON")
    fill(one, cid, 53)
    return one, other, cid


def numbers(page):
    return [int(n) for n in re.findall(r"no(\d+)\.", page.words)]


@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "NOKIA7110", "JSON"])
def test_newest_first_and_paging_both_ways(long_talk, preset):
    one, _, cid = long_talk
    client = somebody_else(one, preset)
    page, down = client.get(cid), []
    hrefs = []
    while True:
        assert numbers(page) == sorted(numbers(page), reverse=True), "newest first"
        down += numbers(page)
        if not older(page):
            break
        hrefs.append(older(page))
        page = client.get(older(page))
    assert down == list(range(53, 0, -1)), "every message once, none twice"
    assert all(re.search(r"b=\d+", href) for href in hrefs), "by sequence number"
    up = numbers(page)[::-1]
    while newer(page):
        page = client.get(newer(page))
        up += numbers(page)[::-1]
        assert len(up) < 200
    assert sorted(set(up)) == list(range(1, 54))


def test_the_page_says_where_in_the_talk_it_is(long_talk):
    one, _, cid = long_talk
    client = somebody_else(one)
    page = client.get(cid)
    shown = numbers(page)
    assert re.search(rf"{min(shown)}\s*[-–]\s*{max(shown)}\s*/\s*53", page.words), page.words
    page = client.get(older(page))
    shown = numbers(page)
    assert re.search(rf"{min(shown)}\s*[-–]\s*{max(shown)}\s*/\s*53", page.words)


def test_old_pages_do_not_move_when_something_new_comes(long_talk):
    one, other, cid = long_talk
    client = somebody_else(one)
    client.get(cid)
    href = older(client.page)
    before = numbers(client.get(href))
    assert numbers(client.get(href)) == before
    say(other, cid, "a new one")
    assert numbers(client.get(href)) == before


def test_odd_page_numbers(long_talk):
    one, _, cid = long_talk
    client = somebody_else(one)
    for b in ("0", "1", "2", "54", "99999999", "4294967296", "99999999999999999999", "-1", "x", "",
              "1.5", "%00"):
        page = client.get(f"{cid}?b={b}", check=b != "%00")
        assert page.status in (200, 400, 404), (b, page)


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON"])
def test_line_breaks_and_spaces_are_kept(shared, preset):
    one, other, cid = pair(shared, preset)
    text = "first\nsecond\n\nfourth  two  spaces\n  indented"
    say(one, cid, text)
    assert texts(other, cid) == [text]
    shown = one.get(cid).words
    assert re.search(r"first\s*\n\s*second", shown), shown


def test_text_of_8000_characters_and_not_more(shared):
    one, other, cid = pair(shared)
    text = "汉" * 7999 + "x"
    one.get(cid)
    one.submit(message_form(one), m=text)
    assert texts(other, cid)[0] == text or lines_cut(other, cid, text)
    one.get(cid)
    page = one.submit(message_form(one), m=text + "!")
    assert T("error.text_long") in page.words
    assert page.form(typed="m").value["m"] == text + "!", "the text comes back whole"
    assert len(texts(other, cid)) == 1


def lines_cut(client, cid, text):
    """JSON may cut too: then the whole is one link away."""
    line = lines(client, cid)[0]
    assert line["cut"], "cut without a link to the whole"
    page = client.get(line["cut"])
    whole = re.sub(r"\s", "", page.words)
    while older(page):
        page = client.get(older(page))
        whole += re.sub(r"\s", "", page.words)
    return text in whole or whole.count("汉") >= 7999


def test_nothing_typed_is_not_sent(shared):
    one, other, cid = pair(shared)
    for text in ("", "   ", "\n\n", "\u0001"):
        one.get(cid)
        page = one.post(cid, {**message_form(one).value, "m": text})
        assert T("error.text_empty") in page.words, repr(text)
    assert texts(other, cid) == []


def test_links_in_text_go_by_a_page_of_ours(shared):
    for preset in ("CHROME", "NOKIA7110"):
        one, other, cid = pair(shared, preset, cookies=False)
        say(other, cid, "see http://example.com/a?b=c&d=e, ok? and www.example.org.")
        page = one.get(cid)
        out = [l for l in page.links if l.href.startswith("/go?")]
        assert [l.text for l in out] == ["http://example.com/a?b=c&d=e", "www.example.org"]
        assert not [l for l in page.links if "://" in l.href], "no link leads out directly"
        assert "example" not in out[0].href, "found by reference, not by carrying the address"
        token = one.token
        page = one.get(out[0].href)
        assert page.status == 200 and "example.com" in page.words
        assert token not in page.url and token not in page.text
        assert page.link(r"^http://example\.com/a\?b=c&d=e$")
        one.get(out[1].href)
        assert one.page.link(r"^http://www\.example\.org/?$")


def test_ways_out_cannot_be_forged(shared):
    one, other, cid = pair(shared, cookies=False)
    say(one, cid, "http://example.com/ and http://example.org/")
    href = one.page.link(r"^/go\?").href
    head, _, mac = href.rpartition(".")
    parts = head.removeprefix("/go?").split(".")
    for forged in (f"/go?{parts[0]}.{parts[1]}.2.{mac}", head + "." + "A" * len(mac), "/go?", "/go",
                   "/go?http://evil.example/", "/go?1.1.1", f"/go?{parts[0]}.{parts[1]}.1.{mac}x"):
        page = one.go("GET", forged)
        assert page.status in (400, 404), forged
        assert not page.link(r"^https?://")
    assert other.go("GET", href).status == 200


def test_javascript_is_no_link(shared):
    one, other, cid = pair(shared)
    say(one, cid, "javascript:alert(1) data:text/html,x http://a\"onmouseover=x ftp://x.y/")
    page = other.get(cid)
    for link in page.links:
        assert not re.match(r"(javascript|data|ftp):", link.href)


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON"])
def test_talks_of_others_are_as_unknown_as_none(shared, preset):
    _, _, cid = pair(shared)
    third = somebody(shared, preset)
    foreign, unknown = third.get(cid), third.get("c99999999")
    assert foreign.status == unknown.status == 404
    def masked(page):
        return re.sub(r"\d\d:\d\d:\d\d|\d{13}|c?\d+", "*", page.words)
    assert masked(foreign) == masked(unknown)
    for href in (f"{cid}?v=form", f"{cid}-1", f"{cid}?b=1", f"{cid}?w=1.1"):
        assert third.get(href).status == 404, href
    key = third.get("o").form(to="o", do="save").value["k"] if preset != "JSON" else ""
    page = third.post(cid, {"m": "let me in", "k": key, "e": "中"})
    assert page.status in (403, 404), page


def test_dates_stand_between_days_and_times_in_the_readers_zone(serve):
    server = serve()
    one, other, cid = pair(server)
    say(one, cid, "on day one")
    server.advance(DAY)
    say(one, cid, "on day two")
    page = one.get(cid)
    days = re.findall(r"\d{4}-\d\d-\d\d", page.words)
    assert len(days) == 2 and days[0] > days[1], page.words
    assert re.search(rf"{days[0]}.*on day two.*{days[1]}.*on day one", page.words, re.S)
    time_before = re.search(r"(\d\d):(\d\d)\s+on day two", page.words)
    save(one, zone="0")
    time_after = re.search(r"(\d\d):(\d\d)\s+on day two", one.get(cid).words)
    assert (int(time_before.group(1)) - int(time_after.group(1))) % 24 == 8, "from UTC+8 to UTC"


def test_own_and_others_lines_differ_without_colour(shared):
    one, other, cid = pair(shared)
    say(one, cid, "mine")
    say(other, cid, "yours")
    assert re.search(rf"{T('me')}\b[^\n]*\n?[^\n]*mine", one.get(cid).words)
    assert re.search(rf"{re.escape(other.name)}[^\n]*\n?[^\n]*yours", one.page.words)


def test_read_marks_and_the_unread_bar(serve):
    server = serve()
    one, other, cid = pair(server)
    for n in range(3):
        say(other, cid, f"unread-{n}")
    page = one.get("o")
    assert T("bar.talks") in page.words, "news on every page"
    page = one.get("./")
    assert "(3)" in page.words
    page = one.get(cid)
    assert T("talk.new") in page.words, "where the new ones begin"
    assert re.search(rf"unread-0.*{T('talk.new')}", page.words, re.S)
    assert T("bar.talks") not in one.get("o").words, "read"
    assert "(3)" not in one.get("./").words
    assert T("talk.new") not in say(one, cid, "an answer").words
    server.restart()
    assert T("bar.talks") not in one.get("o").words, "read marks live on"


def test_reading_an_old_page_does_not_read_the_new_ones(shared):
    one, other, cid = pair(shared)
    fill(one, cid, 30)
    href = older(one.get(cid))
    say(other, cid, "news")
    one.get(href)
    assert T("bar.talks") in one.page.words or T("bar.talks") in one.get("o").words


def test_ones_own_message_is_not_news(shared):
    one, other, cid = pair(shared)
    say(one, cid, "mine")
    assert T("bar.talks") not in one.get("o").words


def test_the_inbox_is_ordered_by_latest_activity(shared):
    one, other, cid = pair(shared)
    third = somebody(shared, name=fresh_name("third"))
    befriend(third, one)
    cid3 = talk(third, one.name)
    say(third, cid3, "hello")
    def order():
        page = one.get("./")
        return [l.href for l in page.links if re.fullmatch(r"c\d+", l.href)]
    assert order().index(cid3) < order().index(cid)
    say(other, cid, "later")
    assert order().index(cid) < order().index(cid3)
