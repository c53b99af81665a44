"""Charsets: pages and posts in GBK and friends, form bytes that lie, emoji on old phones."""
import pytest
from people import (befriend, message_form, pair, register, save, say, sign_in, sign_out, somebody,
                    talk, texts)

EMOJI = "\U0001F600"


def post_raw(client, cid, fields, content_type=None, encoded=None):
    """Posts a message form with bytes of our own making."""
    client.get(cid)
    form = message_form(client)
    values = {**form.value, **fields}
    if encoded is None:
        encoded = "&".join(f"{n}={v}" for n, v in values.items()).encode()
    extra = {"Content-Type": content_type} if content_type else None
    return client.go("POST", client.resolve(cid), encoded, extra)


def quoted(text, charset):
    from urllib.parse import quote_plus
    return quote_plus(text.encode(charset))


@pytest.mark.parametrize("preset", ["GBK", "GBKWML"])
def test_pages_in_gb2312_for_who_prefers_it(shared, preset):
    one, other, cid = pair(shared, preset, lang="zh-CN")
    assert one.page.charset in ("gb2312", "gbk")
    say(other, cid, "中文消息，你好")
    page = one.get(cid)
    assert "中文消息，你好" in page.words
    assert "中文消息".encode("gbk") in page.body


@pytest.mark.parametrize("accept,charset", [
    ("gb2312", "gb2312"), ("GBK", "gbk"), ("gbk, utf-8;q=0.5", "gbk"), ("utf-8, gbk", "utf-8"),
    ("gb2312, utf-8", "utf-8"), ("*", "utf-8"), ("iso-8859-1", "utf-8"), ("big5", "big5"),
    ("ISO-8859-1, UTF-8; Q=0.8, ISO-10646-UCS-2; Q=0.6", "utf-8"), ("GB18030", "gb18030"),
    ("Shift_JIS", "shift_jis"), ("nonsense", "utf-8"), (",;=", "utf-8")])
def test_the_charset_by_accept_charset(shared, accept, charset):
    client = shared.client("W3M", Accept_Charset=accept)
    assert client.get("/").charset == charset


@pytest.mark.parametrize("preset", ["GBK", "GBKWML"])
def test_chinese_names_and_messages_both_ways_in_gbk(shared, preset):
    one = register(shared.client(preset), "国标" + preset)
    other = somebody(shared, name="统一码" + preset)
    befriend(one, other)
    cid = talk(one, other.name)
    say(one, cid, "从国标来 100%")
    assert texts(other, cid)[0] == "从国标来 100%"
    assert "国标" + preset in other.get("f").words
    sign_out(one)
    sign_in(one)
    assert one.name in one.get("./").words or one.page.face == "wml"


def test_the_chosen_charset(shared):
    one = somebody(shared, "W3M")
    page = save(one, cs="gbk")
    assert one.get("./").charset == "gbk"
    save(one, cs="auto")
    assert one.get("./").charset == "utf-8" and page.status == 200


# ---- bytes that lie ---------------------------------------------------------------

@pytest.mark.parametrize("charset", ["utf-8", "gbk", "big5", "shift_jis", "euc-kr"])
def test_the_probe_tells_the_encoding(shared, charset):
    text = {"shift_jis": "日本語", "euc-kr": "한국어", "big5": "繁體中文"}.get(charset, "汉字漢字")
    one, other, cid = pair(shared)
    post_raw(one, cid, {"m": quoted(text, charset), "e": quoted("中", charset)})
    assert texts(other, cid) == [text]


def test_the_content_type_tells_the_encoding(shared):
    one, other, cid = pair(shared)
    post_raw(one, cid, {"m": quoted("汉字", "gbk"), "e": ""},
             "application/x-www-form-urlencoded; charset=gbk")
    post_raw(one, cid, {"m": quoted("字汉", "utf-8"), "e": ""},
             'application/x-www-form-urlencoded; charset="UTF-8"')
    assert texts(other, cid) == ["字汉", "汉字"]


def test_a_phone_posts_utf8_from_a_gb_page(shared):
    one, other, cid = pair(shared, "GBK")
    one.get(cid)
    form = message_form(one)
    one.post_charset = "utf-8"
    one.submit(form, m="其实是统一码")
    assert texts(other, cid) == ["其实是统一码"]


def test_a_phone_posts_gbk_from_a_utf8_page(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    one.get(cid)
    form = message_form(one)
    one.post_charset = "gbk"
    one.submit(form, m="其实是国标")
    assert texts(other, cid) == ["其实是国标"]


def test_lynx_empties_the_probe(shared):
    one, other, cid = pair(shared, "LYNX")
    post_raw(one, cid, {"m": quoted("没有探针", "utf-8"), "e": ""})
    post_raw(one, cid, {"m": quoted("没有探针的国标码", "gbk"), "e": ""})
    assert texts(other, cid) == ["没有探针的国标码", "没有探针"]


def test_a_phone_that_posts_references(shared):
    one, other, cid = pair(shared, "NOKIA7110")
    post_raw(one, cid, {"m": "%26%2324029%3b%26%2333756%3b%26amp%3b", "e": "%26%2320013%3B"})
    assert texts(other, cid)[0].startswith("川菜")


def test_references_typed_by_a_person_stay_as_typed(shared):
    one, other, cid = pair(shared)
    say(one, cid, "write &#24029; for a 川")
    assert texts(other, cid) == ["write &#24029; for a 川"]


def test_a_browser_on_a_gbk_page_posts_an_emoji(shared):
    one, other, cid = pair(shared, "GBK")
    one.get(cid)
    one.submit(message_form(one), m=f"笑{EMOJI}")       # the client writes &#128512;
    assert texts(other, cid) == [f"笑{EMOJI}"]


@pytest.mark.parametrize("raw", ["%FF%FE%FD", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%C0%AF"])
def test_bytes_that_nothing_explains(shared, raw):
    """Never a broken page; either refused with the reason or kept as some charset's text."""
    one, other, cid = pair(shared)
    page = post_raw(one, cid, {"m": "a" + raw, "e": quoted("中", "utf-8")})
    assert page.status in (200, 400, 422), page
    for client in (one, other):
        client.get(cid)
        client.get("./")
    from words import T
    assert T("error.text_bytes") in page.words or len(texts(other, cid)) == 1


def test_control_and_nul_bytes_are_dropped(shared):
    for preset in ("CHROME", "NOKIA7110"):
        one, other, cid = pair(shared, preset)
        post_raw(one, cid, {"m": "a%00b%01c%1Bd%7Fe%EF%BF%BEf%EF%BB%BFg%C2%85h%0Bi"})
        for client in (one, other):
            assert client.get(cid).status == 200
        assert texts(other, cid)[0].replace("\u0085", "") in ("abcdefghi", "abcd\x7fefghi")


def test_text_is_normalised_once(shared):
    one, other, cid = pair(shared)
    say(one, cid, "cafe\u0301")
    assert texts(other, cid) == ["caf\u00e9"]


# ---- what a charset lacks -----------------------------------------------------------

def test_emoji_for_a_gb_phone_is_a_word_and_the_store_keeps_it(shared):
    one, other, cid = pair(shared, "GBKWML")
    say(other, cid, f"ha {EMOJI} ha")
    page = one.get(cid)
    assert EMOJI not in page.text and "\ufffd" not in page.text
    assert "[" in page.words and "]" in page.words, page.words
    assert texts(other, cid) == [f"ha {EMOJI} ha"], "the original is kept"
    assert f"ha {EMOJI} ha" in other.get(cid).words
    assert "[" in one.get("./").words, "in the inbox too"


def test_emoji_for_a_gbk_browser_is_a_reference(shared):
    one, other, cid = pair(shared, "W3M")
    save(one, cs="gbk")
    say(other, cid, f"ha {EMOJI} ha")
    page = one.get(cid)
    assert page.charset == "gbk" and b"&#128512;" in page.body
    assert f"ha {EMOJI} ha" in page.words


def test_a_draft_with_emoji_survives_a_gbk_form(shared):
    one, other, cid = pair(shared, "W3M")
    save(one, cs="gbk")
    one.get(cid)
    page = one.post(cid, {"m": f"keep {EMOJI}", "k": "A" * 19, "e": "中"}, charset="gbk")
    form = page.form(to=cid, typed="m")
    assert form.value["m"] in (f"keep {EMOJI}", "keep [笑]", "keep :)"), form.value["m"]
    one.submit(form)
    assert texts(other, cid)[0].startswith("keep ")


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "GBKWML", "GBK"])
def test_any_script_and_odd_character_passes(shared, preset):
    one, other, cid = pair(shared, preset)
    for text in ("עברית العربية हिन्दी ไทย", "𠮷野家 㐀", "👨‍👩‍👧‍👦🇨🇳", "\u202eabc", "a\u0301\u0302\u0303",
                 "½ € £ ¥ ‰ — … “ ”", "\u00a0\u3000x"):
        say(other, cid, text)
        assert one.get(cid).status == 200
        assert one.get("./").status == 200
