"""The main walk: two people register, befriend, talk, sign out and in again, the
daemon restarts, all is still there.  In every face, with and without cookies,
in UTF-8 and GBK."""
import pytest
from people import (answer, ask, has_sign_in, message_form, pair, register, say, sign_in, sign_out,
                    talk, texts)

FACES = {
    "html": ("CHROME", True),
    "html-without-cookies": ("CHROME", False),
    "lynx": ("LYNX", True),
    "lynx-without-cookies": ("LYNX", False),
    "w3m": ("W3M", True),
    "wml": ("NOKIA7110", False),
    "wml-with-cookies": ("NOKIA7110", True),
    "json": ("JSON", False),
    "gbk": ("GBK", True),
    "gbk-wml": ("GBKWML", False),
}


@pytest.mark.parametrize("face", FACES)
def test_two_people_talk(server, face):
    preset, cookies = FACES[face]
    one = register(server.client(preset, cookies=cookies), "小明")
    other = register(server.client("CHROME"), "Müller" if "gbk" not in face else "王芳")
    page = ask(one, other.name)
    assert page.status == 200, page.words
    page = other.get("./")
    assert one.name in page.words, "the request is on the inbox page"
    answer(other)

    cid = talk(one, other.name)
    say(one, cid, "你好, hello & <b>")
    assert "你好, hello & <b>" in other.get("./").words, "the inbox shows the last message"
    assert talk(other, one.name) == cid
    assert "你好, hello & <b>" in other.page.words
    say(other, cid, "好的 $5")
    assert "好的 $5" in one.get(cid).words

    page = sign_out(one)
    assert has_sign_in(page), page.words
    assert has_sign_in(one.get("./")), "signed out means out"
    sign_in(one)
    server.restart()
    one.close()
    other.close()
    assert "好的 $5" in one.get("./").words, "the session lives on after a restart"
    assert "你好, hello & <b>" in one.get(cid).words
    assert texts(other, cid) == ["好的 $5", "你好, hello & <b>"]
    say(one, cid, "三")
    assert texts(other, cid)[0] == "三"


def test_the_first_line_says_where(server):
    assert server.client().get("/").status == 200


def test_sigterm_ends_it_at_once_and_well(server):
    server.client().get("/")
    server.stop()


def test_a_second_server_on_the_same_directory_is_refused(server):
    import subprocess
    run = subprocess.run(server.command(), capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode != 0 and "listening" not in run.stdout
    assert run.stderr.strip(), "it says why"
    assert server.client().get("/").status == 200


def test_every_main_page_opens_in_every_face(server):
    for preset in ("CHROME", "LYNX", "NOKIA7110", "JSON", "GBK", "GBKWML"):
        one, other, cid = pair(server, preset)
        for href in ("./", "f", "o", cid, cid + "?v=form"):
            page = one.get(href)
            assert page.status == 200 and not has_sign_in(page), (preset, href)
        one.get(cid)
        message_form(one)
