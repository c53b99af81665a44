"""What older servers wrote is read for ever.  tests/fixtures/schema-N holds a database
that the last program of schema N made with real clients, and what its people did; here
today's program opens each, shows it, changes it and keeps it whole."""
import json
import os
import re
import subprocess
import tarfile
import time

import pytest
from people import lines, message_form, person, save, say, sign_in, talk
from zt import BIN, ROOT, Server

FIXTURES = os.path.join(ROOT, "tests/fixtures")
JSON = {"Accept": "application/json"}
STEP_MS = 400 * 86400000


def schema_of_the_program():
    with open(os.path.join(ROOT, "server/store/internal.h"), encoding="utf-8") as f:
        return int(re.search(r"^#define STORE_SCHEMA (\d+)$", f.read(), re.M).group(1))


SCHEMAS = range(1, schema_of_the_program() + 1)


def unpack(schema, top):
    with tarfile.open(os.path.join(FIXTURES, f"schema-{schema}", "db.tar.xz")) as tar:
        tar.extractall(top)
    return os.path.join(top, "db")


def verify(dir):
    done = subprocess.run([BIN, "verify", dir], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faults = 0\n" in done.stdout
    return {n: int(v) for n, v in re.findall(r"(\w+) = (\d+)", done.stdout)}


class Past:
    """A server on an unpacked fixture, at the time the fixture was made."""

    def __init__(self, schema, top):
        with open(os.path.join(FIXTURES, f"schema-{schema}", "expected.json"), encoding="utf-8") as f:
            self.expected = json.load(f)
        self.people, self.schema = self.expected["people"], schema
        unpack(schema, top)
        self.server = Server(dir=top)
        left = self.expected["made_ms"] + 60000 - int(time.time() * 1000)
        while left > 0:
            self.server.advance(min(left, STEP_MS))
            left -= STEP_MS

    def client(self, name, preset=None):
        who = self.people[name]
        client = self.server.client(preset or next(iter(who["settings"])))
        client.name, client.password = name, who["password"]
        sign_in(client)
        return client

    def lines(self, one, other):
        return next(t["lines"] for t in self.expected["talks"] if set(t["between"]) == {one, other})


@pytest.fixture(params=SCHEMAS)
def past(request, tmp_path):
    past = Past(request.param, str(tmp_path))
    yield past
    past.server.fini()


def exported(client):
    page = client.request("GET", client.resolve("zhitiao.json"), check=False)
    assert page.status == 200
    return page.json


# ---- a fixture for each schema ---------------------------------------------------------

def test_every_schema_has_its_fixture():
    """Who raises STORE_SCHEMA makes a fixture (tests/fixtures/make.py) with the new program;
    the one of the number before has been there since that was raised."""
    for schema in SCHEMAS:
        for file in ("db.tar.xz", "expected.json"):
            assert os.path.exists(os.path.join(FIXTURES, f"schema-{schema}", file)), \
                f"STORE_SCHEMA is {SCHEMAS[-1]}, but there is no fixture of schema {schema}"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_fixture_is_of_its_schema_and_whole(schema, tmp_path):
    dir = unpack(schema, tmp_path)
    dump = subprocess.run(["db5.3_dump", "-p", os.path.join(dir, "meta.db")],
                          capture_output=True, text=True, timeout=60, check=True).stdout
    assert re.search(r"^ schema\n (.*)$", dump, re.M).group(1) == r"\00" * 7 + rf"\{schema:02x}"
    counts = verify(dir)
    assert (counts["users"], counts["conversations"], counts["messages"]) == (4, 3, 68)


# ---- what readers see ------------------------------------------------------------------

def test_talks_are_as_they_were(past):
    for name, who in past.people.items():
        client = past.client(name, "CHROME")
        page = client.request("GET", client.resolve("./"), extra=JSON).json
        unread = {row["href"]: row.get("unread", 0) for row in page["talks"]}
        assert len(unread) == len(who["talks"])
        for talk_ in exported(client)["talks"]:
            want = past.lines(name, talk_["peer"])
            assert [[m["seq"], m["ms"], m["from"], m["text"]] for m in talk_["messages"]] == want
            assert len(want) - talk_["read"] == who["talks"][talk_["peer"]]["unread"]
            assert who["talks"][talk_["peer"]]["unread"] in unread.values()


def test_pages_of_talks_are_as_they_were(past):
    for between in [t["between"] for t in past.expected["talks"]]:
        client = past.client(between[0])
        row = next(r for r in client.request("GET", client.resolve("./"), extra=JSON).json["talks"]
                   if r["name"] in (between[1], past.people[between[0]]["remarks"].get(between[1])))
        want = past.lines(*between)
        seen = lines(client, row["href"])
        assert [line["seq"] for line in reversed(seen)] == [line[0] for line in want]
        for line, (_, _, who, text) in zip(reversed(seen), want):
            assert line["own"] == (who == between[0])
            assert line["cut"] or line["text"] == text


def test_friends_requests_and_blocks(past):
    for name, who in past.people.items():
        client = past.client(name, "CHROME")
        rows = {row["name"]: row for row in exported(client)["friends"]}
        assert {n: row["state"] for n, row in rows.items()} == \
            {n: state for n, state in who["friends"].items() if state != "none"}
        assert {n: row["remark"] for n, row in rows.items() if "remark" in row} == who["remarks"]
        page = client.request("GET", client.resolve("f"), extra=JSON).json
        for key, state in (("friends", "friend"), ("requests", "asked_me"), ("asked", "asked")):
            assert {row["name"] for row in page.get(key, [])} == \
                {who["remarks"].get(n, n) for n, s in who["friends"].items() if s == state}


def test_sessions_and_drafts(past):
    for name, who in past.people.items():
        for cookie in [who["cookies"]] if "cookies" in who else []:
            client = past.server.client("CHROME")
            client.cookies = dict(cookie)
            assert client.request("GET", "/", extra=JSON).json["me"] == name, "still signed in"
        for peer, text in who["drafts"].items():
            client = past.client(name)
            talk(client, peer)
            assert message_form(client).value["m"] == text


# ---- settings: read as of today, written as of today ----------------------------------

CLASSES = {"CHROME": "html", "LYNX": "text", "NOKIA7110": "wml"}
FIELDS = {"rows": "rows", "cs": "charset"}


def chosen(client, preset):
    return next((d for d in exported(client)["profile"]["devices"] if d["class"] == CLASSES[preset]), {})


def as_today(settings):
    """What the settings of a kind of client are called in the export.  Schema 1 knew only
    seconds ("refresh"): they meant "timed", and 0 "by hand"."""
    want = {FIELDS[n]: int(v) if v.isdigit() else v for n, v in settings.items() if n in FIELDS}
    live = {"0": "hand"}.get(settings.get("refresh"), settings.get("refresh")) or settings.get("live")
    if live:
        want["mode"] = "timed" if live.isdigit() else live
        if live.isdigit():
            want["refresh"] = int(live)
    return want


def test_settings_mean_what_they_meant(past):
    for name, who in past.people.items():
        client = past.client(name, "CHROME")
        for preset, settings in who["settings"].items():
            mine = chosen(client, preset)
            want = as_today(settings)
            assert want.items() <= mine.items(), (name, preset)
            assert mine.get("mode") == want.get("mode") and mine.get("refresh") == want.get("refresh")
            profile = exported(client)["profile"]
            for field, key in (("lang", "lang"), ("rule", "rule")):
                assert field not in settings or profile[key] == settings[field]
            assert "zone" not in settings or profile["zone"] == int(settings["zone"])


def test_a_chosen_refresh_still_refreshes(past):
    timed = past.client("小明", "CHROME").get("./")
    timed = timed.moving
    assert timed.refresh == "60" or timed.refresh.startswith("60;")
    assert not past.client("Anna_7", "CHROME").get("./").refresh, "by hand, on purpose"


def raw_modes(server):
    """The rows of preferences as they are on disk: {numbers of the fields that a row has}."""
    server.stop()
    dump = subprocess.run(["db5.3_dump", os.path.join(server.dir, "user.db")],
                          capture_output=True, text=True, timeout=60, check=True).stdout
    records = [bytes.fromhex(line.strip()) for line in dump.splitlines() if line.startswith(" ")][1::2]
    server.start()
    return [device for record in records for prefs in embedded(record, 6) for device in embedded(prefs, 5)]


def embedded(record, number):
    """The bytes of each field of that number (protobuf, length-delimited)."""
    return [value for found, value in fields(record) if found == number]


def fields(record):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = record[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(record):
        tag = varint()
        if tag & 7 == 2:
            size = varint()
            yield tag >> 3, record[at:at + size]
            at += size
        else:
            assert tag & 7 == 0, "no other wire type is used"
            yield tag >> 3, varint()


def test_a_change_is_written_as_of_today(past):
    """Lazily: only the record of who saves something; DevicePrefs.refresh_set (6) was
    schema 1's, DevicePrefs.mode (7) is schema 2's."""
    client = past.client("小明", "CHROME")
    before = exported(client)["profile"]
    save(client, rows="20")
    after = exported(client)["profile"]
    for device in before["devices"]:
        if device["class"] == "html":
            device["rows"] = 20
    assert after == before
    rows = [dict(fields(device)) for device in raw_modes(past.server)]
    assert {7: 4, 5: 60}.items() <= next(r for r in rows if r.get(5) == 60).items()
    assert not any(6 in r for r in rows if r.get(5) == 60)
    carl = next(r for r in rows if r.get(5) == 30)
    assert (6 in carl) == (past.schema == 1), "nobody else was touched"
    client.close()
    assert exported(client)["profile"] == before


# ---- going on from there ----------------------------------------------------------------

def test_the_database_goes_on(past, tmp_path):
    one, other = past.client("小明", "CHROME"), past.client("Anna_7", "CHROME")
    cid = talk(one, "Anna_7")
    say(one, cid, "fifty years later")
    assert lines(other, cid)[0]["text"] == "fifty years later"
    one.submit(person(one, "bert-ü").form(do="remove"))
    past.server.ctl("backup", tmp_path / "copy")
    messages = exported(one)
    past.server.stop()
    assert verify(past.server.dir)["messages"] == 69
    done = subprocess.run([BIN, "restore", tmp_path / "copy", tmp_path / "again" / "db"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    restored = Server(dir=str(tmp_path / "again"))
    try:
        again = restored.client("CHROME")
        again.name, again.password = one.name, one.password
        sign_in(again)
        assert exported(again) == messages
    finally:
        restored.fini()
    past.server.start()


def test_opening_says_once_that_the_schema_was_raised(tmp_path):
    unpack(1, str(tmp_path))
    server = Server(dir=str(tmp_path))
    try:
        server.restart()
        told = [line for line in server.stderr().splitlines() if "schema" in line]
        assert len(told) == 1 and re.search(rf"schema 1 is now {SCHEMAS[-1]}$", told[0]), told
    finally:
        server.fini()


def test_a_newer_schema_is_refused(tmp_path):
    """An older program would misread it: nothing is opened, nothing is changed."""
    dir = unpack(SCHEMAS[-1], str(tmp_path))
    path = os.path.join(dir, "meta.db")
    dump = subprocess.run(["db5.3_dump", path], capture_output=True, text=True, timeout=60, check=True).stdout
    key = "schema".encode().hex()
    newer = re.sub(rf"^ {key}\n .*$", f" {key}\n {SCHEMAS[-1] + 1:016x}", dump, flags=re.M)
    assert newer != dump
    os.remove(path)
    subprocess.run(["db5.3_load", path], input=newer, text=True, timeout=60, check=True)
    for name in os.listdir(dir):
        if name.startswith("log."):                 # they tell of another meta.db
            os.remove(os.path.join(dir, name))
    for name in os.listdir(dir):
        subprocess.run(["db5.3_load", "-r", "lsn", os.path.join(dir, name)], check=True, timeout=60)
    done = subprocess.run([BIN, "serve", "-d", dir, "-l", "127.0.0.1:0"], capture_output=True, text=True,
                          cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 1 and not done.stdout
    said = [line for line in done.stderr.splitlines() if "schema" in line]
    assert len(said) == 1 and dir in said[0], done.stderr
