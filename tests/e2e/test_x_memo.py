"""Ready replies: as fast as they are, each is only for whom it was made."""
from people import pair, save, say, sign_out, somebody, somebody_else

METRICS = ("memo_lookups_total", "memo_hits_total", "memo_entries", "memo_bytes")


def metrics(client):
    lines = client.request("GET", "/metrics", check=False).text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return [float(values["zhitiao_" + name]) for name in METRICS]


def test_hits_are_counted_and_memory_is_bounded(serve):
    server = serve()
    one, _, cid = pair(server)
    one.get(cid)
    one.get(cid)
    lookups, hits, entries, size = metrics(one)
    for _ in range(10):
        one.get(cid)
    again = metrics(one)
    assert again[1] - hits >= 9 and again[0] - lookups >= again[1] - hits
    for n in range(9000):
        one.request("GET", f"/f?x={n}", check=False)
    _, _, entries, size = metrics(one)
    assert 0 < entries <= 8192 and 0 < size <= 64 << 20


def test_never_across_people(serve):
    """The same address and the same headers: only who asks differs."""
    server = serve()
    one, other, cid = pair(server)
    stranger = somebody(server)
    say(other, cid, "between the two of us")
    for _ in range(2):                             # the second time from the memo
        assert "between the two of us" in one.get(cid).words
        assert stranger.get(cid).status == 404
        assert server.client().get(f"/{cid}").words.count("between the two") == 0
        for client in (one, other, stranger):
            page = client.get("f").words
            assert client.name in page
            assert (other.name in page) == (client in (one, other))


def test_nor_across_faces_charsets_or_ways_of_signing_in(serve):
    server = serve()
    one = somebody(server)
    clients = [one, *(somebody_else(one, preset) for preset in ("LYNX", "NOKIA7110", "GBK", "JSON")),
               somebody_else(one, cookies=False)]
    first = [(c.get("f").header("Content-Type"), c.page.status) for c in clients]
    for _ in range(3):
        for client, (kind, status) in zip(clients, first):
            page = client.get("f")
            assert (page.header("Content-Type"), page.status) == (kind, status)
    save(one, lang="zh-CN")
    assert 'lang="zh-CN"' in one.get("f").text, "a choice is seen at once"


def test_a_reply_outlives_no_session(serve):
    server = serve()
    one = somebody(server)
    for _ in range(3):
        one.get("f")
    cookies = dict(one.cookies)
    sign_out(one)
    one.cookies = cookies
    assert one.get("f").form(to="login") is not None
