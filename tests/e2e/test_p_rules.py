"""The eight rules of the watch sets (DESIGN.md section 2) as a user or operator notices
them: each was found by attacking the idea."""
import re
import threading

from people import befriend, pair, save, say, somebody, somebody_else, talk
from words import T
from zt import wait_until

LONG = 50
HOUR = 3600000


def wait_href(client, href):
    return client.get(href).waits_on


def status(server, name):
    for line in server.ctl("status").stdout.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == name:
            return int(value)
    raise AssertionError(f"status does not say {name}")


# ---- rule 1 and 2: no wake-up is lost -------------------------------------------------

def test_no_message_is_missed_by_a_reader_who_always_waits(serve):
    """One waits, answer after answer, while the other writes as fast as it goes."""
    server = serve(hold_s=LONG)
    one, other, cid = pair(server, "JSON", "JSON")
    total, seen = 60, []

    def read():
        page = one.get(cid)
        while not seen or seen[-1] < total:
            page = one.request("GET", one.resolve(page.json["wait"]))
            seen.append(page.json["last"])
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    writer = other.copy()
    for n in range(total):
        say(writer, cid, f"fast {n}")
    reader.join(60)
    assert not reader.is_alive(), f"stuck after {seen[-3:]}"
    assert seen == sorted(seen), "never backwards"


def test_two_writers_and_readers_at_once(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server, "JSON", "JSON")
    each, done = 20, []

    def live(client, word):
        mine = client.copy()
        for n in range(each):
            say(mine, cid, f"{word}{n}")
        page = mine.get(cid)
        while page.json["last"] < 2 * each:
            page = mine.request("GET", mine.resolve(page.json["wait"]))
        done.append(word)
    threads = [threading.Thread(target=live, args=a, daemon=True) for a in ((one, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == ["a", "b"]


# ---- rule 3: soft state ----------------------------------------------------------------

def test_reading_wakes_the_readers_other_pages_and_nobody_elses(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    say(other, cid, "unread so far")
    second = somebody_else(one, "LYNX")
    mine, theirs = second.hold(wait_href(second, "./")), other.hold(wait_href(other, cid))
    server.wait_held(2)
    one.get(cid)
    one.get("o")
    page = mine.join(20)
    assert "(1)" not in page.words, "the number that the inbox showed is gone"
    assert not theirs.answered, "what I read is my own affair"
    server.advance(LONG * 1000 + 1000)
    theirs.join()


def test_a_page_is_not_changed_by_looking_at_it(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    say(other, cid, "x")
    href = wait_href(one, cid)           # this view moved the read mark
    held = one.hold(href)
    server.wait_held()
    assert not held.answered
    server.advance(LONG * 1000 + 1000)
    held.join()


def test_read_marks_only_move_forward(serve):
    server = serve()
    one, other, cid = pair(server)
    for n in range(30):
        say(other, cid, f"row {n}")
    one.get(cid)
    one.get(f"{cid}?b=5")
    assert not re.search(r"\(\d+\)", one.get("./").words.partition(T("nav.refresh"))[2])


def test_marks_are_flushed_within_a_minute(serve):
    server = serve()
    one, other, cid = pair(server)
    say(other, cid, "read and then crash")
    one.get(cid)
    before = status(server, "commands")
    server.advance(61000)
    wait_until("the marks are written", lambda: status(server, "commands") > before)
    server.kill()
    server.restart()
    one.close()
    assert "(1)" not in one.get("./").words


# ---- rule 4: the clock -----------------------------------------------------------------

def test_midnight_ends_a_304_and_a_hold(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server, "LYNX")
    say(other, cid, "said today")
    one.get(cid)
    one.get("./")
    page = one.get("./")
    tag, shown = page.header("ETag"), re.search(r"\b\d\d:\d\d\b(?!:)", page.words).group(0)
    assert one.request("GET", "/", extra={"If-None-Match": tag}).status == 304
    server.advance(25 * HOUR)
    page = one.request("GET", "/", extra={"If-None-Match": tag})
    assert page.status == 200
    assert re.search(r"\b\d\d-\d\d\b", page.words) and shown not in page.words, "a day, no time"


def test_there_is_no_relative_time_on_pages(serve):
    """Nothing that would age: the same bytes an hour later, but for "as of"."""
    server = serve()
    one, other, cid = pair(server)
    say(other, cid, "x")
    one.get(cid)
    def still():
        return re.sub(r"\d\d:\d\d:\d\d|x?w?=[\w.]+|online|away|offline", "*", one.get(cid).words)
    before = still()
    server.advance(60000)
    assert still() == before


# ---- rule 5: small watch sets ------------------------------------------------------------

def test_the_unread_bar_wakes_another_talk_once(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    third = somebody(server)
    befriend(third, one)
    cid3 = talk(third, one.name)
    held = one.hold(wait_href(one, cid))
    server.wait_held()
    say(third, cid3, "over here")
    page = held.join(40)
    assert T("bar.talks") in page.words, "from none to some"
    one.page = page
    held = one.hold(page.waits_on)
    server.wait_held()
    say(third, cid3, "and here")
    say(third, cid3, "and here again")
    assert not held.answered, "more of the same does not"
    say(other, cid, "but this does")
    assert "but this does" in held.join().words


# ---- rule 6 and 7: what costs nothing ------------------------------------------------------

def test_unchanged_polls_render_nothing(serve):
    server = serve()
    one, other, cid = pair(server)
    say(other, cid, "x")
    one.get(cid)
    page = one.get(cid)
    one.request("GET", page.url, extra={"If-None-Match": page.header("ETag")})
    renders, answered = status(server, "renders"), status(server, "not_modified")
    for _ in range(20):
        assert one.request("GET", page.url, extra={"If-None-Match": page.header("ETag")}).status == 304
    assert status(server, "renders") == renders
    assert status(server, "not_modified") == answered + 20


# ---- rule 8: fair waking ---------------------------------------------------------------------

def test_a_flood_does_not_starve_a_quiet_talk(serve):
    """40 sessions wait on a talk that is written to all the time; another talk's news comes through."""
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    third, fourth, quiet = pair(server)
    stop = threading.Event()

    def flood():
        mine, n = other.copy(), 0
        while not stop.is_set():
            say(mine, cid, f"flood {n}")
            n += 1
    flooding = threading.Thread(target=flood, daemon=True)
    flooding.start()
    try:
        for n in range(5):
            held = third.hold(wait_href(third, quiet))
            server.wait_held()
            say(fourth, quiet, f"quiet {n}")
            assert f"quiet {n}" in held.join(30).words
    finally:
        stop.set()
        flooding.join()


def test_changed_settings_change_the_held_page(serve):
    server = serve(hold_s=LONG)
    one, other, cid = pair(server)
    second = somebody_else(one)
    held = one.hold(wait_href(one, "./"))
    server.wait_held()
    save(second, lang="zh-TW")
    page = held.join(LONG + 10) if held.answered else None
    server.advance(LONG * 1000 + 1000)
    page = page or held.join()
    assert T("title.inbox", "zh-TW") in page.text
