"""Settings and languages: each choice does what it says, and sticks."""
import re

import pytest
from people import pair, save, say, settings_form, sign_in, sign_out, somebody, somebody_else
from words import T

LANGS = {"zh-CN": "简体", "zh-TW": "繁體", "en": "English"}


def now(client, field):
    return settings_form(client, field).value[field]


ANY_PHONE = {"Accept": "text/vnd.wap.wml, */*"}     # a gateway that passes HTML on, too


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON", "LYNX"])
@pytest.mark.parametrize("field,value", [
    ("lang", "zh-TW"), ("zone", "540"), ("rows", "10"), ("live", "hand"), ("rule", "friends"),
    ("cs", "gbk"), ("face", "html")])
def test_each_setting_is_kept(shared, preset, field, value):
    client = somebody(shared, preset, **(ANY_PHONE if preset == "NOKIA7110" else {}))
    assert now(client, field) != value
    page = save(client, **{field: value})
    assert page.status == 200
    assert now(client, field) == value


def test_a_phone_without_html_is_not_locked_out(shared):
    """Its gateway drops HTML: such a choice would leave it without a page for ever."""
    one = somebody(shared, "NOKIA7110", **ANY_PHONE)
    save(one, face="html")
    assert one.get("./").face == "html"
    phone = somebody_else(one, "NOKIA7110")
    assert phone.get("./").face == "wml"
    assert not phone.page.link(text=T("foot.html"))
    assert "html" not in phone.get("o?v=more").text.split("card")[1]


def test_settings_outlive_session_and_restart(serve):
    server = serve()
    client = somebody(server)
    save(client, lang="zh-CN", zone="0", rows="10", rule="friends")
    sign_out(client)
    server.restart()
    client.close()
    sign_in(client)
    form = client.get("o").form(to="o", do="save")
    assert [form.value[n] for n in ("lang", "zone", "rows", "rule")] == ["zh-CN", "0", "10", "friends"]


def test_page_size_is_of_the_kind_of_client(shared):
    one, other, cid = pair(shared)
    for n in range(12):
        say(one, cid, f"row{n}.")
    save(one, rows="10")
    assert len(re.findall(r"row\d+\.", one.get(cid).words)) == 10
    text = somebody_else(one, "LYNX")
    assert now(text, "rows") != "10", "not that of lynx"


@pytest.mark.parametrize("field,value", [
    ("lang", "xx"), ("zone", "17"), ("zone", "99999"), ("rows", "1000000"), ("rows", "-1"),
    ("face", "js"), ("cs", "ebcdic"), ("rule", "nobody"), ("zone", "x")])
def test_values_outside_the_list_are_refused(shared, field, value):
    client = somebody(shared)
    before = dict(client.get("o").form(to="o", do="save").value)
    page = client.post("o", {**before, field: value})
    assert T("error.field_bad") in page.words, page.words
    after = client.get("o").form(to="o", do="save").value
    assert after[field] == before[field]


def test_a_way_of_news_that_is_not_on_the_list_is_refused(shared):
    client = somebody(shared)
    form = client.get("o?v=live").form(to="o", do="live")
    for value in ("1", "HELD", "16"):
        page = client.post("o", {"do": "live", "live": value, "k": form.value["k"], "e": "中"})
        assert T("error.field_bad") in page.words and page.form(typed="live"), value
    assert now(client, "live") == "auto"


def test_a_partial_post_changes_only_what_it_names(shared):
    client = somebody(shared)
    save(client, rows="10", zone="60")
    form = client.get("o").form(to="o", do="save")
    page = client.post("o", {"do": "save", "zone": "120", "k": form.value["k"], "e": "中"})
    assert page.status == 200
    assert now(client, "zone") == "120" and now(client, "rows") == "10"


def test_the_number_of_open_sessions(shared):
    client = somebody(shared)
    somebody_else(client)
    page = client.request("GET", "/o", extra={"Accept": "application/json"})
    assert page.json["sessions"] == 2


# ---- languages --------------------------------------------------------------------

@pytest.mark.parametrize("wish,lang", [
    ("zh-CN", "zh-CN"), ("zh", "zh-CN"), ("zs", "zh-CN"), ("zh-TW", "zh-TW"), ("zh-HK", "zh-TW"),
    ("zh-Hant-MO", "zh-TW"), ("en", "en"), ("en-GB;q=0.8, zh-TW;q=0.9", "zh-TW"),
    ("fr, en;q=0.5, zh;q=0.4", "en"), ("EN-us", "en"), ("*", "zh-CN"), (None, "zh-CN"),
    ("fi", "zh-CN"), ("en;q=0, zh-TW;q=0.1", "zh-TW"), (";;;,,q=", "zh-CN")])
def test_the_language_by_accept_language(shared, wish, lang):
    client = shared.client(Accept_Language=wish)
    page = client.get("/")
    assert T("title.signin", lang) in page.words
    assert page.xml.get("lang") == lang or page.face != "html"


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
@pytest.mark.parametrize("lang", LANGS)
def test_every_page_in_every_language(shared, preset, lang):
    """No word is missing, no deck grows over its budget."""
    one, other, cid = pair(shared, preset)
    save(one, lang=lang)
    for n in range(6):
        say(other, cid, "中文" * 40 + str(n))
    for href in ("./", "f", "o", cid, cid + "?v=form", "o?v=password", "f?v=blocked", "nothing-here"):
        page = one.get(href)
        assert "T." not in page.words.replace("K-T.", ""), href
    page = one.get("./")
    assert T("title.inbox", lang) in page.words


def test_the_chosen_language_beats_the_header(shared):
    client = somebody(shared, lang="en")
    save(client, lang="zh-TW")
    assert T("title.friends", "zh-TW") in client.get("f").words
    other = somebody_else(client, "W3M")
    assert T("title.friends", "zh-TW") in other.get("f").words, "on every client"
    sign_out(client)
    assert T("title.signin", "en") in client.get("/").words


def test_one_word_for_one_thing_in_all_catalogues():
    from words import catalogue
    keys = {lang: set(catalogue(lang)) for lang in LANGS}
    assert keys["zh-CN"] == keys["zh-TW"] == keys["en"]
    assert all(catalogue(lang)[k] for lang in LANGS for k in keys[lang])
