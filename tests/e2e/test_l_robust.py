"""HTTP as it arrives from a bad world: too long, cut, slow, forged, nonsense."""
import re
import socket
import threading

import pytest
from people import message_form, pair, say, somebody, texts
from words import T
from zt import Server, wait_until


def ask(server, request, **kw):
    """Bytes out, (status, head, body) in; status 0 when the line was just closed."""
    reply = server.raw(request if isinstance(request, bytes) else request.encode(), **kw)
    m = re.match(rb"HTTP/1\.[01] (\d+)", reply)
    head, _, body = reply.partition(b"\r\n\r\n")
    return (int(m.group(1)) if m else 0), head.decode("latin-1"), body


def get(server, target, *headers, host="127.0.0.1"):
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    return ask(server, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")


def alive(server):
    client = server.client()
    assert client.get("/").status == 200
    client.close()


# ---- size ---------------------------------------------------------------------

@pytest.mark.parametrize("preset", ["CHROME", "NOKIA7110", "JSON"])
def test_a_body_over_the_limit_is_413_in_the_face(serve, preset):
    server = serve(body_max=16384)
    one, other, cid = pair(server, preset)
    one.get(cid)
    form = message_form(one)
    page = one.submit(form, m="y" * 20000)
    assert page.status == 413 and page.face == one_face(preset)
    if preset != "JSON":
        assert T("error.body_long") in page.words
    assert texts(other, cid) == []
    say(one, cid, "shorter")


def one_face(preset):
    return {"CHROME": "html", "NOKIA7110": "wml", "JSON": "json"}[preset]


def test_a_text_over_8000_characters_comes_back(shared):
    """Long, but under the limit of bytes: nothing typed is lost."""
    one, other, cid = pair(shared)
    one.get(cid)
    page = one.submit(message_form(one), m="z" * 8001)
    assert page.form(typed="m").value["m"] == "z" * 8001


def test_headers_too_long(shared):
    status, head, _ = get(shared, "/", "X-Long: " + "x" * 60000)
    assert status in (431, 0, 400, 414)
    status, head, _ = get(shared, "/?" + "x" * 60000)
    assert status in (414, 431, 0, 400)
    status, head, _ = get(shared, "/", *[f"X-{n}: y" for n in range(3000)])
    assert status in (431, 0, 400)
    alive(shared)


def test_ordinary_browsers_headers_fit(shared):
    status, _, _ = get(shared, "/", "Cookie: " + "c" * 1000, "Accept: " + "text/html, " * 100)
    assert status == 200


def test_long_cookies_of_other_services_fit_where_the_operator_says_so(serve):
    server = serve(connection_bytes=16384)
    status, _, _ = get(server, "/", "Cookie: " + "c" * 5000, "Accept: " + "text/html, " * 100)
    assert status == 200


def test_many_fields_and_parameters(shared):
    one, other, cid = pair(shared)
    one.get(cid)
    body = b"&".join(b"x%d=y" % n for n in range(5000))
    page = one.go("POST", "/" + cid, body, check=False)
    assert page.status in (200, 400, 403, 413, 422)
    page = one.get("./?" + "&amp=".join(f"x{n}=y" for n in range(50)), check=False)
    assert page.status in (200, 400)
    alive(shared)


# ---- targets --------------------------------------------------------------------

@pytest.mark.parametrize("target", [
    "//", "//evil.example/", "/..", "/../etc/passwd", "/./f", "/f/..", "/%2e%2e/x", "/-/../x", "/-/%2e%2e/x",
    "/%", "/%2", "/%zz", "/%00", "/f%00", "/c1%0a", "/%ff%fe", "/\\..\\", "/c", "/c0", "/c-1", "/c01", "/c1x",
    "/c99999999999999999999999", "/c1-", "/c1-1-1", "/u", "/u0", "/n5", "/f/f/f", "/~", "/~/", "/%7E",
    "/~AAAAAAAAAAAAAAAA/../f", "/~AAAAAAAAAAAAAAAA//f", "/f;x=y", "/F", "/index.html", "/.git/config",
    "/~AAAAAAAAAAAAAAAA/~AAAAAAAAAAAAAAAA/f", "*", "http://evil.example/f", "f", "/ f", "/\x01"])
def test_nonsense_targets(shared, target):
    status, head, body = get(shared, target)
    assert status in (0, 200, 301, 302, 303, 307, 308, 400, 403, 404, 414, 505), head
    assert "evil.example" not in head and b"root:" not in body
    location = re.search(r"(?im)^location:\s*(\S+)", head)
    assert not location or not location.group(1).startswith("//")
    alive(shared)


def test_unknown_query_parameters_are_ignored(shared):
    one, other, cid = pair(shared)
    say(one, cid, "here")
    for query in ("?utm_source=x", "?fbclid=1&x=%20", "?=", "?&", "?&&x", "?b", "?x[]=1", "?%F0%9F%98%80=1"):
        page = one.get(cid + query)
        assert page.status == 200 and "here" in page.words, query


# ---- methods ----------------------------------------------------------------------

@pytest.mark.parametrize("method,target", [
    ("PUT", "/"), ("DELETE", "/f"), ("TRACE", "/"), ("PATCH", "/o"), ("BREW", "/"), ("CONNECT", "/"),
    ("POST", "/healthz"), ("POST", "/-/style.css"), ("POST", "/"), ("GETX", "/f")])
def test_methods_not_allowed(shared, method, target):
    request = (f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
               "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
    status, head, body = ask(shared, request)
    assert status in (405, 501, 400, 404), head
    if status == 405:
        allow = re.search(r"(?im)^allow:\s*(.+)$", head)
        assert allow and "GET" in allow.group(1), head
    assert b"X-Secret" not in body


def test_options_and_get_only_pages_say_what_is_allowed(shared):
    status, head, _ = ask(shared, "OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status in (200, 204, 405) and re.search(r"(?im)^allow:", head)
    one, other, cid = pair(shared)
    page = one.request("POST", "/go?1.1.1.AAAAAAAA", b"x=y")
    assert page.status in (400, 403, 404, 405)


# ---- forged headers -----------------------------------------------------------------

@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a\"b", "", "127.0.0.1.evil.example",
                                  "[::1", "x" * 300, "evil.example/path", "user@evil.example"])
def test_a_forged_host_never_gets_into_a_redirect(shared, host):
    person = somebody(shared)
    client = shared.client(cookies=False)
    client.get("/")
    form = client.page.form(to="login")
    body = client.encode(form.filled({"name": person.name, "password": person.password}))
    page = client.request("POST", "/login", body, {"Host": host, "Origin": None,
                                                   "Sec-Fetch-Site": None}, check=False)
    assert page.status in (303, 400, 403), page
    location = page.header("Location")
    assert "evil" not in location and "://" not in location, location
    page = client.request("GET", "/", extra={"Host": host}, check=False)
    assert "evil" not in page.text


def test_the_listen_address_may_stand_in_redirects(shared):
    """Old text browsers complain about relative ones."""
    person = somebody(shared)
    client = shared.client("LYNX")
    client.get("/")
    form = client.page.form(to="login")
    page = client.request("POST", "/login",
                          client.encode(form.filled({"name": person.name, "password": person.password})))
    assert page.header("Location").startswith(client.origin + "/")


@pytest.mark.parametrize("name,value", [
    ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("X-Online-Host", "evil.example"),
    ("Forwarded", "host=evil.example;proto=https"), ("X-Forwarded-For", "1.2.3.4"), ("X-Original-URL", "/o")])
def test_proxy_headers_of_strangers_count_for_nothing(shared, name, value):
    client = somebody(shared)
    page = client.request("GET", "/", extra={name: value})
    assert "evil" not in page.text and page.status == 200
    client.get("f")
    page = client.request("POST", "/f", client.encode(
        client.page.form(to="f", do="ask").filled({"name": "nobody-there"})), {name: value})
    assert "evil" not in page.header("Location")
    assert "Secure" not in (page.header("Set-Cookie") or "")


def test_a_phone_number_header_signs_nobody_in(shared):
    client = shared.client("NOKIA7110", X_Up_Calling_Line_ID="8613800138000")
    page = client.get("/")
    assert page.form(to="login") and "138001" not in page.text


@pytest.fixture(scope="module")
def impatient():
    server = Server(idle_s=2)
    yield server
    server.fini()


# ---- bodies -------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "",
                                  "application/x-www-form-urlencoded; charset=ebcdic",
                                  "multipart/form-data; boundary=", "x" * 500])
def test_bodies_of_odd_types(shared, kind):
    one, other, cid = pair(shared)
    one.get(cid)
    key = message_form(one).value["k"]
    page = one.request("POST", "/" + cid, f"m=typed&k={key}&e=%E4%B8%AD".encode(),
                       {"Content-Type": kind or None})
    assert page.status in (200, 303, 400, 403, 413, 415, 422), page
    assert texts(other, cid) in ([], ["typed"])


def test_multipart_forms_are_read_or_refused_with_the_reason(shared):
    one, other, cid = pair(shared)
    one.get(cid)
    fields = {**message_form(one).value, "m": "by multipart"}
    body = "".join(f'--B\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
                   for n, v in fields.items()) + "--B--\r\n"
    page = one.request("POST", "/" + cid, body.encode(), {"Content-Type": "multipart/form-data; boundary=B"})
    assert page.status in (303, 415), page
    assert (texts(other, cid) == ["by multipart"]) == (page.status == 303)


@pytest.mark.parametrize("request_text", [
    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nname=a",
    "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nname=a",
    "GET /f HT", "GET / HTTP/1.1\r\nHost: x\r\nAcc", "POST /login HTTP/1.1\r\nHos", "\r\n\r\n", "\x16\x03\x01\x02",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ids=lambda t: re.sub(r"\W+", "_", t)[:40])
def test_requests_cut_in_the_middle_or_malformed(impatient, request_text):
    """Answered with an error or closed: at once, or, where libmicrohttpd did not see the end
    of the line behind the bytes, when its time is up."""
    status, head, _ = ask(impatient, request_text.encode("latin-1"), half_close=True)
    assert status in (0, 200, 303, 400, 403, 404, 405, 408, 411, 413, 415, 422, 505), head
    alive(impatient)


def test_a_post_cut_in_the_middle_stores_nothing(shared):
    one, other, cid = pair(shared)
    one.get(cid)
    form = message_form(one)
    body = one.encode(form.filled({"m": "half a mess"}))
    data = one._head("POST", "/" + cid, body, {})
    for cut in (len(data) - 1, len(data) - 5, len(data) - len(body)):
        with socket.create_connection((shared.host, shared.port)) as sock:
            sock.sendall(data[:cut])
    assert texts(other, cid) == []
    one.submit(form, m="whole")
    assert texts(other, cid) == ["whole"]


def test_pipelined_requests_are_answered_in_order(shared):
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /no HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection((shared.host, shared.port), timeout=30) as sock:
        sock.sendall(request * 5 + last)
        reply = b""
        while part := sock.recv(65536):
            reply += part
    assert re.findall(rb"HTTP/1\.1 (\d+)", reply) == [b"200"] * 5 + [b"404"]


# ---- slow clients ---------------------------------------------------------------------

def test_300_slow_clients_do_not_stop_the_others(server):
    """Each sends a byte a second, for as long as the others work."""
    one, other, cid = pair(server)
    request = one._head("POST", "/" + cid, b"m=" + b"x" * 1000, {})
    slow, drops, done = [], 0, threading.Event()
    for _ in range(300):
        sock = socket.create_connection((server.host, server.port))
        sock.sendall(request[:len(request) - 900])
        slow.append(sock)

    def drip():
        nonlocal drops
        while not done.wait(1):
            for sock in slow:
                sock.send(b"x")
            drops += 1
    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    try:
        n = 0
        while drops < 3:
            say(one, cid, f"work {n}")
            assert f"work {n}" in other.get(cid).words
            n += 1
    finally:
        done.set()
        dripping.join()
        for sock in slow:
            sock.close()
    alive(server)


def test_idle_connections_are_closed(serve):
    server = serve(idle_s=1)
    with socket.create_connection((server.host, server.port), timeout=40) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert sock.recv(65536)
        assert sock.recv(65536) == b"", "closed by the server"


def test_operations_pages(shared):
    status, head, body = get(shared, "/healthz")
    assert status == 200
    status, head, body = get(shared, "/metrics")
    assert status in (200, 403, 404)
    assert b"zt." not in body, "no paths of the machine"
    wait_until("status answers", lambda: "held" in shared.ctl("status").stdout)
