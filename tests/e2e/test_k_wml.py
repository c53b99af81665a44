"""WML: whatever people type, every deck is well-formed, fits, and shows just that."""
import re

import pytest
from people import (befriend, message_form, older, pair, person, say, sign_in, sign_out, somebody,
                    talk, texts)
from words import T

NASTY = ["$(x)", "$x $(y:escape) $$ $", "a & b &amp; &lt;", "<b>x</b> </p></card>", "]]>", "\"'`",
         "$(m17)", "<?xml?>", "<!-- x --> <!DOCTYPE>", "100$", "&#0; &#x1;", "%3Cscript%3E"]


@pytest.mark.parametrize("preset", ["NOKIA7110", "CHROME", "GBKWML"])
@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_is_shown_as_typed(shared, preset, text):
    one, other, cid = pair(shared, preset)
    say(one, cid, text)
    assert texts(other, cid) == [text]
    assert text in one.get(cid).words
    assert text in one.get("./").words
    assert text in other.get(cid).words


@pytest.mark.parametrize("text", ["$(x)", "a&b<c>]]>\"'"])
def test_nasty_remarks_too(shared, text):
    one, other = somebody(shared, "NOKIA7110"), somebody(shared)
    befriend(one, other)
    cid = talk(one, other.name)
    person(one, other.name)
    one.submit(one.page.form(do="remark"), remark=text)
    for href in ("f", "./", cid, cid + "?v=form"):
        assert text in one.get(href).words, href
    assert person(one, text).form(do="remark").value["remark"] == text


def test_typed_text_comes_back_into_a_wml_input_as_it_was(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    for text in ("$(x) & <b> \" '", "$5"):
        one.get(cid)
        page = one.post(cid, {"m": text, "k": "A" * 19, "e": "中"})
        form = page.form(to=cid, typed="m")
        assert form.value["m"] == text
        one.submit(form)
        assert texts(other, cid)[0] == text


def test_what_was_typed_before_is_not_in_the_next_form(shared):
    """Variables outlive pages: the client here keeps them as phones do."""
    one, other, cid = pair(shared, "NOKIA7110")
    for n in range(4):
        one.get(cid)
        form = message_form(one)
        assert form.value["m"] == "", f"round {n}: {form.value['m']!r} stands there"
        one.submit(form, m=f"typed {n}")
    one.get("f")
    assert one.page.form(to="f", typed="name").value["name"] == ""


def test_name_and_password_are_forgotten_after_sign_in(shared):
    one = somebody(shared, "NOKIA7110")
    sign_out(one)
    sign_in(one)
    one.get("./")
    assert one.password not in one.variables.values(), "newcontext on the way"
    sign_out(one)
    form = one.get("/").form(to="login")
    assert form.value["password"] == ""


@pytest.mark.parametrize("text", ["汉" * 8000, "word " * 1600, "x" * 8000, "$" * 3000, "&" * 3000,
                                  "a\n" * 2000, "😀" * 1500],
                         ids=["hanzi", "words", "one-word", "dollars", "ampersands", "lines", "emoji"])
def test_a_long_message_is_split_over_decks(shared, text):
    text = text.strip()
    one, other, cid = pair(shared, "NOKIA7110")
    say(other, cid, text)
    page = one.get(cid)
    link = page.link(rf"^{cid}-\d+")
    assert link, "a way to the whole text"
    page = one.get(link.href)
    assert re.search(r"1\s*/\s*\d+", page.words), page.words
    got, pages = collect(one, page)
    squeeze = lambda s: re.sub(r"\s+", "", s)                                # noqa: E731
    assert squeeze(text) in squeeze(got) or count_only(text, got), f"in {pages} parts"
    assert pages > 1


def collect(client, page):
    """The parts of a long message, without what stands around them."""
    got, pages = "", 0
    while True:
        got += message_words(page)
        pages += 1
        assert pages < 200
        href = part_after(page)
        if not href:
            return got, pages
        page = client.get(href)


def message_words(page):
    """What stands between the "1/3" and the links below."""
    lines = page.words.split("\n")
    links = {link.text for link in page.links}
    start = next(i for i, l in enumerate(lines) if re.search(r"\d+\s*/\s*\d+", l))
    return "\n".join(l for l in lines[start:] if l not in links)


def part_after(page):
    for words in (T("nav.next"), T("nav.more"), T("nav.older")):
        link = page.link(r"p=", words)
        if link:
            return link.href
    return older(page) if page.face == "json" else None


def count_only(text, got):
    first = text.strip()[0]
    return got.count(first) >= text.count(first)


def test_a_deck_of_long_messages_still_fits(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    for n in range(12):
        say(other, cid, f"{n} " + "汉字" * 60)
    page, seen = one.get(cid), 0
    while True:
        seen += len(re.findall(r"\d+ 汉字", page.words))
        if not older(page):
            break
        page = one.get(older(page))
    assert seen >= 12


def test_a_name_of_32_wide_letters_fits(shared):
    one = somebody(shared, "NOKIA7110", name="名" * 31 + "甲")
    other = somebody(shared, "NOKIA7110", name="名" * 31 + "乙")
    befriend(one, other)
    cid = talk(one, other.name)
    for n in range(8):
        say(one, cid, "长" * 100)
        say(other, cid, "长" * 100)
    for href in ("./", "f", cid, cid + "?v=form", "o"):
        one.get(href)


def test_addresses_are_short_even_with_a_long_host(serve):
    """128 bytes with the token and the longest segment: the checks count each link."""
    server = serve()
    one, other, cid = pair(server, "NOKIA7110")
    host = "wap.a-rather-long-host-name.example.com.cn"
    page = one.request("GET", one.root + cid, extra={"Host": host})
    for link in page.links:
        url = f"http://{host}{one.root}{link.href}"
        assert len(url) <= 128, url


def test_every_deck_has_a_way_back(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    for href in ("./", "f", "o", cid, cid + "?v=form", "nothing-here"):
        page = one.get(href)
        assert any(do.get("type") == "prev" for do in page.xml.iter("do")), href


def test_unknown_phones_get_no_accesskey(shared):
    old = somebody(shared, "NOKIA7110")
    assert "accesskey" not in old.get("./").text
    up = somebody(shared, "NOKIA7110", User_Agent="QC-2345/1.0.10 UP.Browser/4.1.25i")
    assert "accesskey" in up.get("./").text


def test_a_link_behind_the_first_part_leads_where_it_says(shared):
    """Links are numbered over the whole message, and never divided between two parts."""
    one, other, cid = pair(shared, "NOKIA7110")
    urls = [f"http://{name}.example/{'p' * 60}" for name in ("first", "second", "third", "fourth")]
    say(other, cid, "".join("word " * 70 + url + " " for url in urls))
    page = one.get(one.get(cid).link(rf"^{cid}-\d+").href)
    links = []
    while page:
        links += [link for link in page.links if link.href.startswith("/go?")]
        href = part_after(page)
        page = one.get(href) if href else None
    assert [link.text for link in links] == urls
    for link in links:
        words = one.get(link.href).words
        assert link.text in words.replace("\n", ""), f"{link.text} leads to {words}"
