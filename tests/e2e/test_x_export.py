"""Own data to keep, and into another server: what went out comes in as it was."""
import email
import email.header
import email.policy
import email.utils
import json
import mailbox
import os
import re
import socket
import subprocess
import threading
import xml.etree.ElementTree as ET

import pytest
from people import answer, ask, befriend, friends, lines, pair, person, save, say, sign_in, somebody, \
    somebody_else, talk
from words import T
from zt import BIN, ROOT, SANITIZED, wait_until

FILES = {"zhitiao.html": "text/html", "zhitiao.txt": "text/plain", "zhitiao.mbox": "application/mbox",
         "zhitiao.json": "application/json"}
LONG = "".join(f"{n}. 床前明月光，疑是地上霜。\n" for n in range(450)).strip()
TEXTS = ["hello", "你好！", "two\nlines\n\nand a fourth", "From the start\n>From the middle\nFrom",
         "=3D = =\n.\n..", "<b>&amp;</b> \"quoted\" 'too' ]]>", "😀👨‍👩‍👧 ümläüt", "tab\there", "blank at end \nx",
         "$(x) $$ \\ \\u0041", "x" * 300, "ｆｕｌｌ ｗｉｄｔｈ", LONG]


def download(client, name="zhitiao.json"):
    page = client.request("GET", client.resolve(name), check=False)
    assert page.status == 200, page.words
    assert page.type == FILES[name]
    assert page.header("Content-Disposition") == f'attachment; filename="{name}"'
    return page.body


def told(client):
    return json.loads(download(client))


def messages(client, peer):
    return next(t["messages"] for t in told(client)["talks"] if t["peer"] == peer)


def keep(tmp_path, *clients):
    paths = []
    for client in clients:
        paths.append(tmp_path / f"{client.name}.json")
        paths[-1].write_bytes(download(client))
    return paths


def fresh(done):
    """What an import says is new, added up over its files."""
    out = {}
    for name, n in re.findall(r"^new (\w+) = (\d+)$", done.stdout, re.M):
        out[name] = out.get(name, 0) + int(n)
    return out


def at(server, client, preset="CHROME"):
    """The same person at another server, with the password that its operator set."""
    server.ctl("user", "passwd", client.name, stdin=client.password + "\n")
    other = server.client(preset)
    other.name, other.password = client.name, client.password
    sign_in(other)
    return other


def verified(server):
    server.stop()
    done = subprocess.run([BIN, "verify", server.dir], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and "faults = 0" in done.stdout, done.stdout + done.stderr


@pytest.fixture
def community(server):
    """Three people with all there is: friends, a remark, requests, a block, texts of all kinds."""
    a, b, cid = pair(server)
    c, d = somebody(server, "LYNX"), somebody(server)
    befriend(c, a)
    befriend(d, b)
    ask(d, a.name)
    ask(c, b.name)
    answer(b, "refuse")
    ask(b, c.name)
    for text in TEXTS:
        say(a, cid, text)
    say(b, cid, "read, and an answer")
    say(c, talk(c, a.name), "not read yet")
    a.submit(person(a, b.name).form(do="remark", typed="remark"), remark="my <b> 友")
    b.submit(person(b, d.name).form(do="block"))
    ask(d, b.name)                                        # stays open for ever
    save(a, lang="zh-TW", zone="-210", rows="10", rule="friends")
    save(c, cs="gbk")
    save(b, live="60")
    d.get("o?v=sessions")
    d.submit(d.page.form(to="o", do="places"), rule="newest")
    return a, b, c, d


# ---- the page ---------------------------------------------------------------------------

@pytest.mark.parametrize("preset", ["CHROME", "LYNX", "JSON"])
def test_the_settings_lead_to_the_files(shared, preset):
    one, other, cid = pair(shared, preset)
    say(other, cid, "one message")
    page = one.get("o")
    page = one.get(next(link.href for link in page.links if "export" in link.href))
    assert [link.href for link in page.links if link.href in FILES] == list(FILES)
    if preset == "JSON":
        assert (page.json["talks"], page.json["messages"]) == (1, 1)
    else:
        assert T("export.about") in page.words and f"{T('export.messages')}: 1" in page.words
    for name in FILES:
        assert b"one message" in download(one, name)


def test_a_phone_that_keeps_no_files_is_told(shared):
    phone = somebody(shared, "NOKIA7110", cookies=True)
    assert phone.token is None, "this one keeps cookies"
    phone.get("o")
    phone.click(text=T("nav.more"))
    page = phone.click(text=T("title.export"))
    assert T("export.elsewhere") in page.words
    assert not [link for link in page.links if link.href in FILES]
    able = somebody(shared, "NOKIA7110", cookies=True, Accept="text/vnd.wap.wml, */*")
    assert [link.href for link in able.get("o?v=export").links if link.href in FILES] == list(FILES)


@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110"])
def test_sessions_in_the_path_get_none(shared, preset):
    """Whoever finds such an address in a log must not get everything by it."""
    client = somebody(shared, preset, cookies=False)
    assert client.token
    assert not [link for link in client.get("o").links if "export" in link.href]
    for href in ["o?v=export", *FILES]:
        page = client.get(href)
        assert page.status == 403 and T("error.cookie_only") in page.words
        assert page.face == ("wml" if preset == "NOKIA7110" else "html")


@pytest.mark.parametrize("name", FILES)
def test_strangers_sign_in_first(shared, name):
    page = shared.client().get("/" + name)
    assert page.status == 401 or page.form(to="login", typed="password")
    assert page.face == "html" and "Content-Disposition" not in page.headers


def test_asking_changes_nothing(community):
    a, b = community[:2]
    before = {name: download(b, name) for name in FILES}
    assert [download(b, name) for name in FILES] == list(before.values())
    assert b.request("HEAD", "/zhitiao.json").status == 200
    page = b.request("POST", "/zhitiao.json", b"x=1", check=False)
    assert page.status == 405
    assert told(a)["talks"] == told(a)["talks"]


# ---- what is in them ----------------------------------------------------------------------

def test_json_has_all_and_nothing_else(community):
    a, b, c, d = community
    data = told(a)
    assert list(data) == ["zhitiao-export", "profile", "friends", "talks"] and data["zhitiao-export"] == 1
    assert (data["profile"]["name"], data["profile"]["lang"], data["profile"]["zone"],
            data["profile"]["rule"]) == (a.name, "zh-TW", -210, "friends")
    assert [(f["name"], f["state"], f.get("remark")) for f in data["friends"]] == \
        [(b.name, "friend", "my <b> 友"), (c.name, "friend", None), (d.name, "asked_me", None)]
    assert [(t["peer"], t["read"], len(t["messages"])) for t in data["talks"]] == \
        [(b.name, len(TEXTS), len(TEXTS) + 1), (c.name, 0, 1)]
    assert [m["text"] for m in data["talks"][0]["messages"]] == \
        [m["text"] for m in reversed(lines_whole(a, b))]
    assert told(b)["profile"]["devices"] == [{"class": "html", "mode": "timed", "refresh": 60}]
    assert told(c)["profile"]["devices"][0]["charset"] == "gbk" and told(d)["profile"]["places"] == "newest"
    raw = download(a)
    for secret in (a.password, *a.secrets, "argon2", "password", "session"):
        assert secret.encode() not in raw
    # a blocked person cannot tell, nor whoever was refused
    assert [f["state"] for f in told(d)["friends"] if f["name"] == b.name] == ["asked"]
    assert [(f["name"], f["state"]) for f in told(c)["friends"]] == [(a.name, "friend"), (b.name, "asked_me")]
    assert {"name": d.name, "state": "blocked"}.items() <= \
        next(f for f in told(b)["friends"] if f["name"] == d.name).items()


# Fields of records.proto, by what the export does with them: whoever adds one decides.
KEPT = {"User": "name created_ms prefs", "Prefs": "lang zone_minutes zone_set write_rule device places",
        "DevicePrefs": "device_class face charset page_size refresh_s mode",
        "Friend": "state name remark since_ms", "Message": "sender sent_ms text",
        "Conversation": "last_seq user_a user_b", "Member": "read_seq joined_ms", "Inbox": "peer name"}
LEFT = {"User": "folded password admin seen_ms invited_by presence_mode status image_generation",
        "Prefs": "see_rule", "DevicePrefs": "refresh_set", "Member": "send_count",
        "Conversation": "type last_ms last_sender snippet"}


def test_every_field_of_a_record_was_thought_of():
    with open(os.path.join(ROOT, "server/store/records.proto"), encoding="utf-8") as f:
        proto = re.sub(r"//.*", "", f.read())
    for name, body in re.findall(r"^message (\w+) \{(.*?)^\}", proto, re.M | re.S):
        body = re.sub(r"enum \w+ \{.*?\}", "", body, flags=re.S)
        for field in re.findall(r"^\s*(?:repeated )?\w+ (\w+) = \d+;", body, re.M) if name in KEPT else []:
            assert field in (KEPT[name] + " " + LEFT.get(name, "")).split(), \
                f"{name}.{field}: is it part of an export (export_json.c, importjson.c, doc/export.md)?"


def lines_whole(one, other):
    """Messages as pages show them, newest first; long ones are whole on their own page."""
    out = lines(one, talk(one, shown(one, other)))
    for line in out:
        if line["cut"]:
            line["text"] = whole(one, line["cut"])
    return out


def shown(one, other):
    return next(f.get("remark", f["name"]) for f in told(one)["friends"] if f["name"] == other.name)


def whole(client, href):
    text, page = "", {"older": href}
    while page.get("older"):
        page = client.request("GET", client.resolve(page["older"]), extra={"Accept": "application/json"}).json
        text += "".join(("\n" if part.get("br") else "") + part.get("text", "") for part in page["parts"])
    return text


def test_mbox_gives_every_text_back(community, tmp_path):
    a, b, c, _ = community
    path = tmp_path / "mbox"
    path.write_bytes(download(a, "zhitiao.mbox"))
    assert all(len(line) <= 78 for line in path.read_bytes().split(b"\n")), "RFC 5322, 2.1.1"
    box = mailbox.mbox(path, factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
    mails, data = list(box), told(a)
    want = [(t, m) for t in data["talks"] for m in t["messages"]]
    assert len(mails) == len(want)
    for mail, (with_, sent) in zip(mails, want):
        assert not mail.defects and mail.get_content_type() == "text/plain"
        assert mail.get_content_charset() == "utf-8"
        assert mail.get_payload(decode=True) == sent["text"].encode(), "byte by byte"
        to = a.name if sent["from"] != a.name else with_["peer"]
        assert [mail["From"].addresses[0].display_name, mail["To"].addresses[0].display_name] == [sent["from"], to]
        assert mail["Subject"] == {b.name: "my <b> 友"}.get(with_["peer"], with_["peer"])
        assert int(mail["Date"].datetime.timestamp()) == sent["ms"] // 1000
        assert mail["Date"].datetime.utcoffset().total_seconds() == -210 * 60
        assert mail["MIME-Version"] == "1.0"
    ids = [mail["Message-ID"] for mail in mails]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"<[\w.]+@zhitiao\.invalid>", i) for i in ids)
    say(c, talk(c, a.name), "one more")
    path.write_bytes(download(a, "zhitiao.mbox"))
    assert [m["Message-ID"] for m in mailbox.mbox(path)][:len(ids)] == ids, "stable"


def test_html_is_one_page_to_keep(community):
    a, b, c, d = community
    page = a.request("GET", "/zhitiao.html", check=False)
    text = page.body.decode("utf-8")
    assert "charset=utf-8" in text.partition("</head>")[0]
    assert not re.search(r"<script|<link|<img|<style|javascript:|https?:", text), "stands alone"
    tree = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", text))
    ids = {el.get("id") for el in tree.iter() if el.get("id")}
    hrefs = [el.get("href") for el in tree.iter("a")]
    assert len(hrefs) == 2 and {h[1:] for h in hrefs} == ids and all(h[0] == "#" for h in hrefs)
    assert tree.get("lang") == "zh-TW"
    words = "".join(tree.itertext())
    for name in (b.name, c.name, d.name, "my <b> 友"):
        assert name in words
    at_ = [words.index(t.split("\n")[0]) for t in ("你好！", "two", "=3D = =", "read, and an answer")]
    assert at_ == sorted(at_), "newest last"
    assert "<b>&amp;</b> \"quoted\"" in words
    body = [el for el in tree.iter("p")]
    assert sum(len(list(p.iter("br"))) for p in body) >= LONG.count("\n")


def test_text_is_a_line_for_each_message(community):
    a, b = community[:2]
    text = download(a, "zhitiao.txt").decode("utf-8")
    starts = re.findall(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (\S+): (.*)$", text, re.M)
    assert [(who, first) for who, first in starts[:4]] == [(a.name, t.split("\n")[0]) for t in TEXTS[:4]]
    assert len(starts) == len(TEXTS) + 2
    assert f"== {b.name} (my <b> 友) ==" in text
    assert "\n    lines\n    \n    and a fourth\n" in text


# ---- out and in ---------------------------------------------------------------------------

@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_what_went_out_comes_in_as_it_was(community, serve, tmp_path, order):
    paths = keep(tmp_path, *community)
    before = [path.read_bytes() for path in paths]
    other = serve()
    first = fresh(other.ctl("import", *[paths[i] for i in order]))
    assert first["people"] == 4 and first["talks"] == 3
    assert first["messages"] == len(TEXTS) + 2
    again = fresh(other.ctl("import", *paths))
    assert set(again.values()) == {0}, "nothing is new the second time"
    people = [at(other, client) for client in community]
    assert [download(client) for client in people] == before
    a, b, c, _ = people
    assert [line["text"] for line in lines_whole(a, b)] == \
        [m["text"] for m in reversed(messages(a, b.name))]
    assert inbox(a)["bar"] == 1
    say(c, talk(c, a.name), "and on it goes")
    assert messages(a, c.name)[-1]["text"] == "and on it goes"
    assert fresh(other.ctl("import", *paths))["messages"] == 0, "what is newer here stays"
    verified(other)


def test_one_file_brings_the_others_in_by_name_only(community, serve, tmp_path):
    a, b = community[:2]
    other = serve()
    other.ctl("import", *keep(tmp_path, a))
    stub = at(other, b)
    assert told(stub)["profile"]["devices"] == []
    assert [m["text"] for m in messages(stub, a.name)] == [m["text"] for m in messages(b, a.name)]
    assert told(stub)["talks"][0]["read"] == 0
    verified(other)


def test_an_imported_account_has_no_password(community, serve, tmp_path):
    a = community[0]
    other = serve()
    other.ctl("import", *keep(tmp_path, a))
    client = other.client()
    for password in (a.password, "!", "", "!!!!!!!!", "\x00"):
        client.get("/")
        page = client.submit(client.page.form(to="login", typed="password"), name=a.name, password=password)
        assert T("error.credentials") in page.words or page.form(to="login", typed="password")
    client.get("/register")
    page = client.submit(client.page.form(to="register", typed="name"), name=a.name, password="another one 8")
    assert T("error.name_taken") in page.words


def test_an_account_with_a_password_keeps_its_settings(community, tmp_path):
    a = community[0]
    path, = keep(tmp_path, a)
    save(a, lang="en", rows="50")
    mine = told(a)["profile"]
    assert set(fresh(a.server.ctl("import", path)).values()) == {0}
    assert told(a)["profile"] == mine


def test_a_later_file_continues_a_talk(server, serve, tmp_path):
    a, b, cid = pair(server)
    say(a, cid, "first")
    other = serve()
    other.ctl("import", *keep(tmp_path, a))
    for n in range(450):
        say(a if n % 2 else b, cid, f"number {n}")
    assert fresh(other.ctl("import", *keep(tmp_path, b)))["messages"] == 450
    assert [m["text"] for m in messages(at(other, a), b.name)] == [m["text"] for m in messages(a, b.name)]
    verified(other)


def test_an_import_is_news(community, serve, tmp_path):
    """Whoever waits is woken, and lists that are kept in memory have it."""
    a, b, c, d = community
    paths = keep(tmp_path, a, c)
    other = serve()
    other.ctl("import", *keep(tmp_path, b))
    client = at(other, a)
    assert [t["name"] for t in inbox(client)["talks"]] == [b.name]
    held = client.hold(inbox(client)["wait"])
    other.wait_held()
    other.ctl("import", *paths)
    assert held.join(100).status == 200
    assert {t["name"]: t.get("unread") for t in inbox(client)["talks"]} == {"my <b> 友": 1, c.name: 1}
    page = client.request("GET", "/f", extra={"Accept": "application/json"}).json
    assert {f["name"] for f in page["friends"]} == {"my <b> 友", c.name}
    assert [f["name"] for f in page["requests"]] == [d.name]


def inbox(client):
    return client.request("GET", "/", extra={"Accept": "application/json"}).json


@pytest.mark.parametrize("change", [{"text": "never said"}, {"ms": 1}, {"from": None}])
def test_a_talk_that_is_another_here_is_refused(server, tmp_path, change):
    a, b, cid = pair(server)
    for n in range(3):
        say(a, cid, f"number {n}")
    before = told(a)
    forged = told(a)
    message = forged["talks"][0]["messages"][1]
    message.update(change)
    if message["from"] is None:
        message["from"] = b.name
    forged["talks"][0]["messages"].append({"seq": 4, "from": b.name, "ms": message["ms"], "text": "more"})
    forged["friends"].insert(0, {"name": "aaa-new", "state": "asked", "since": 1})
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(forged))
    done = server.ctl("import", path, ok=False)
    assert done.returncode == 1
    assert re.search(rf"line 1: message 2 of {a.name} and {b.name} is not what this server has", done.stderr)
    assert told(a) == before, "nothing of the file is here"
    assert server.ctl("user", "admin", "aaa-new", ok=False).returncode == 1, "not even its people"


GOOD = ('{"zhitiao-export":1,\n"profile":{"name":"Zoe","created":1,"rule":"everyone","devices":[]},\n'
        '"friends":[\n{"name":"Yan","state":"friend","since":2}\n],\n"talks":[\n'
        '{"peer":"Yan","since":2,"read":1,"messages":[\n{"seq":1,"from":"Zoe","ms":3,"text":"a"}\n]}\n]}\n')
BROKEN = [("", "line 1: ", "the file ends too soon"),
          (GOOD[:-4], r"line \d+: ", "too soon|not JSON"),
          (GOOD + "{}", "line 11: ", "not JSON"),
          (GOOD.replace(":1,", ":2,", 1), "line 1: ", "a version of the format that is not known"),
          (GOOD.replace('"friend"', '"foe"'), "line 4: ", "unknown state"),
          (GOOD.replace('"Yan","state"', '"Zoe","state"'), "line 4: ", "somebody with themselves"),
          (GOOD.replace('"Yan","state"', '"a b","state"'), "line 4: ", "not a name"),
          (GOOD.replace('"seq":1', '"seq":2'), "line 8: ", "numbered"),
          (GOOD.replace('"seq":1', '"seq":1.0'), "line 8: ", "not whole"),
          (GOOD.replace('"seq":1', '"seq":99999999999999999999'), "line 8: ", ""),
          (GOOD.replace('"from":"Zoe"', '"from":"Xu"'), "line 8: ", "neither of the two"),
          (GOOD.replace('"ms":3', '"ms":99999999999999'), "line 8: ", "to come"),
          (GOOD.replace('"ms":3', '"ms":-3'), "line 8: ", "out of range"),
          (GOOD.replace('"text":"a"', '"text":""'), "line 8: ", "nobody can have typed"),
          (GOOD.replace('"text":"a"', r'"text":"\u0000"'), "line 8: ", "nobody can have typed"),
          (GOOD.replace('"text":"a"', r'"text":"\udc00"'), "line 8: ", "not UTF-8"),
          (GOOD.replace('"since":2}', r'"remark":"\udc00","since":2}'), "line 4: ", "not UTF-8"),
          (GOOD.replace('"text":"a"', '"text":"' + "x" * 40000 + '"'), "line 8: ", "too long"),
          (GOOD.replace('"text":"a"', '"text":null'), "line 8: ", "null"),
          (GOOD.replace('"text":"a"', '"text":["a"]'), "line 8: ", "a list where none"),
          (GOOD.replace('"text":"a"', '"text":"a","text":"b"'), "line 8: ", "twice"),
          (GOOD.replace('"text":"a"', '"words":"a"'), "line 8: ", "not of the format"),
          (GOOD.replace(',"text":"a"', ""), "line 8: ", "missing"),
          (GOOD.replace('"zhitiao-export":1,\n', ""), "line 1: ", "order"),
          (GOOD.replace('"created":1', '"created":1,"zone":1000'), "line 2: ", "range"),
          (GOOD.replace('"devices":[]', '"devices":[{"class":"toaster"}]'), "line 2: ", "unknown class"),
          (GOOD[:-4] + ',{"peer":"Yan","since":2,"read":0,"messages":[]}\n]}\n', "line 9: ", "not sorted"),
          ("7", "line 1: ", "a number where none"),
          ("[" * 100000, "line 1: ", "a list where none"),
          ('{"zhitiao-export":' * 1000, "line 1: ", "an object where none"),
          (GOOD.replace("friends", "\xff"), "line 3: ", ""),
          (GOOD + " " * 2000000, r"line \d+: ", "too long")]


@pytest.mark.parametrize("text,line,why", BROKEN, ids=range(len(BROKEN)))
def test_what_is_not_an_export_is_refused_with_its_line(shared, tmp_path, text, line, why):
    path = tmp_path / "broken.json"
    path.write_bytes(text.encode("latin-1"))
    done = shared.ctl("import", path, ok=False)
    assert done.returncode == 1
    assert re.search(rf"^zhitiao: {line}.*({why})", done.stderr), done.stderr
    assert done.stderr.count("\n") == 1
    assert "new " not in done.stdout
    assert shared.ctl("user", "admin", "Zoe", ok=False).returncode == 1, "nobody was made"


def test_the_good_one_of_those_is_taken(server, tmp_path):
    path = tmp_path / "good.json"
    path.write_text(GOOD)
    assert fresh(server.ctl("import", path)) == {"people": 2, "friends": 1, "talks": 1, "messages": 1}
    verified(server)


def test_paths_that_are_no_files(server, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, why in ((tmp_path / "absent", "No such file"), (tmp_path, "not a file"),
                      (tmp_path / "pipe", "not a file")):
        done = server.ctl("import", path, ok=False)
        assert done.returncode == 1 and why in done.stderr, done.stderr


# ---- long, slow, meanwhile -----------------------------------------------------------------

def many(tmp_path, n, name="Long", peer="Short"):
    """An export of n messages, written by this test as doc/export.md has it."""
    talk_ = [{"seq": i + 1, "from": (name, peer)[i % 3 == 0], "ms": 1000 + i, "text": f"{i} " + "字" * (i % 200)}
             for i in range(n)]
    data = {"zhitiao-export": 1, "profile": {"name": name, "created": 1, "devices": []},
            "friends": [{"name": peer, "state": "friend", "since": 5}],
            "talks": [{"peer": peer, "since": 5, "read": n // 2, "messages": talk_}]}
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(data))
    return path, data


def someone(server, name):
    server.ctl("user", "passwd", name, stdin="geheim-8 bytes\n")
    client = server.client()
    client.name, client.password = name, "geheim-8 bytes"
    sign_in(client)
    return client


def test_five_thousand_messages_through_a_slow_reader(server, tmp_path):
    """A few bytes at a time, with a small window: the file waits for its reader, others do not."""
    path, data = many(tmp_path, 5000)
    assert fresh(server.ctl("import", path))["messages"] == 5000
    client = someone(server, "Long")
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(60)
    sock.connect((server.host, server.port))
    head = client._head("GET", "/zhitiao.json", None, {}).replace(b"HTTP/1.1", b"HTTP/1.0")
    sock.sendall(head)
    got = sock.recv(2000)
    cid = talk(client, "Short")
    say(client, cid, "written while the file is on its way")
    while True:
        part = sock.recv(1500)
        if not part:
            break
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"200 OK" in head and b"chunked" not in head.lower()
    out = json.loads(body)
    assert out["talks"][0]["messages"] == data["talks"][0]["messages"], "as it was when it began"
    assert len(messages(client, "Short")) == 5001
    assert len(download(client, "zhitiao.mbox").split(b"\n\nFrom u")) == 5001


def test_a_reader_who_leaves_costs_nothing(server, tmp_path):
    path, _ = many(tmp_path, 3000)
    server.ctl("import", path)
    client = someone(server, "Long")
    for name in FILES:
        with socket.create_connection((server.host, server.port), timeout=60) as sock:
            sock.sendall(client._head("GET", "/" + name, None, {}))
            assert sock.recv(1000)
    assert len(messages(client, "Short")) == 3000


def resident_mb(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024


@pytest.mark.skipif(SANITIZED, reason="a sanitizer keeps freed memory")
@pytest.mark.parametrize("name", FILES)
def test_who_does_not_read_holds_little_memory(server, tmp_path, name):
    """However long the messages are: a signed-in person may open many of these."""
    path, data = many(tmp_path, 200)
    for message in data["talks"][0]["messages"]:
        message["text"] = "字" * 8000
    path.write_text(json.dumps(data))
    server.ctl("import", path)
    client = someone(server, "Long")
    socks, before = [], resident_mb(server)
    for _ in range(4):
        sock = socket.create_connection((server.host, server.port), timeout=60)
        sock.sendall(client._head("GET", "/" + name, None, {}))
        assert b" 200 " in sock.recv(1000)
        socks.append(sock)
    each = (resident_mb(server) - before) / len(socks)
    print(f"{name}: {each:.1f} MB each")
    page = client.request("GET", "/" + name)
    assert page.status == 503 and T("error.busy") in page.words, "no fifth, said in words"
    for sock in socks:
        sock.close()
    wait_until("there is room again",
               lambda: client.request("HEAD", "/" + name, check=False).status == 200)
    assert each < 4


def test_a_stop_does_not_wait_for_a_slow_reader(server, tmp_path):
    path, _ = many(tmp_path, 3000)
    server.ctl("import", path)
    client = someone(server, "Long")
    with socket.create_connection((server.host, server.port), timeout=60) as sock:
        sock.sendall(client._head("GET", "/zhitiao.mbox", None, {}))
        assert sock.recv(1000)
        verified(server)                    # stops, with exit 0


def test_a_stop_ends_an_import_which_can_be_repeated(server, tmp_path):
    path, _ = many(tmp_path, 20000)
    run = subprocess.Popen([BIN, "import", "-d", server.dir, path], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    wait_until("the import has begun", lambda: server.ctl("user", "admin", "Short", ok=False).returncode == 0)
    verified(server)
    out, err = run.communicate(timeout=60)
    assert (run.returncode == 1 and "the server is stopping" in err) or "new messages = 20000" in out, (out, err)
    server.start()
    server.ctl("import", path)
    assert len(messages(someone(server, "Long"), "Short")) == 20000
    assert set(fresh(server.ctl("import", path)).values()) == {0}


def test_export_while_the_other_writes(server):
    one, other, cid = pair(server)
    for n in range(30):
        say(one, cid, f"before {n}")
    ended = threading.Event()

    def write():
        n = 0
        while not ended.is_set():
            say(other, cid, f"meanwhile {n}")
            n += 1
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            got = messages(one, other.name)
            assert [m["seq"] for m in got] == list(range(1, len(got) + 1))
            assert [m["text"] for m in got[:30]] == [f"before {n}" for n in range(30)]
    finally:
        ended.set()
        writer.join()


def test_import_while_people_write(server, tmp_path):
    one, other, cid = pair(server)
    path, _ = many(tmp_path, 4000)
    done = []
    thread = threading.Thread(target=lambda: done.append(server.ctl("import", path)))
    thread.start()
    n = 0
    while thread.is_alive() or n < 20:
        say(one, cid, f"number {n}")
        n += 1
    thread.join()
    assert fresh(done[0])["messages"] == 4000
    assert len(messages(one, other.name)) == n
    assert len(messages(someone(server, "Long"), "Short")) == 4000
    verified(server)


def test_old_clients_get_a_file_that_ends_with_the_connection(shared):
    one, other, cid = pair(shared, "LYNX")
    say(one, cid, "hello")
    page = one.request("GET", "/zhitiao.json", check=False)
    assert "Transfer-Encoding" not in page.headers and page.header("Connection").lower() == "close"
    assert json.loads(page.body)["talks"]


def test_a_bearer_gets_its_file(shared):
    one, other = friends(shared, "JSON")
    assert told(one)["friends"][0]["name"] == other.name


def test_somebody_without_anything(shared):
    one = somebody(shared)
    data = told(one)
    assert data["friends"] == data["talks"] == []
    assert download(one, "zhitiao.mbox") == b""
    assert one.name in download(one, "zhitiao.txt").decode()
    ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", download(one, "zhitiao.html").decode()))


def test_a_file_is_not_kept_by_caches(shared):
    one = somebody_else(somebody(shared))
    page = one.request("GET", "/zhitiao.json", check=False)
    assert page.header("Cache-Control") == "no-store" and "ETag" not in page.headers
    assert page.header("X-Content-Type-Options") == "nosniff"
