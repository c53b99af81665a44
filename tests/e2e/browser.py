"""Client: an HTTP client that behaves as a real one does.  It keeps cookies or
refuses them, follows redirects, submits the forms it finds in the page, and
checks every reply on the way (checks.page_ok)."""
import http.client
import re
import socket
import threading
from urllib.parse import quote_plus, urljoin, urlsplit

import checks
from page import Form, Page

# What each program was seen to send: facts/clients.md sections 2 and 5, data/handsets.tsv.
PRESETS = {
    "LYNX": dict(http="1.0", headers={
        "User-Agent": "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8",
        "Accept": "text/html, text/plain, text/sgml, text/css, */*;q=0.01"}),
    "W3M": dict(http="1.0", headers={
        "User-Agent": "w3m/0.5.3+git20230121",
        "Accept": "text/html, text/*;q=0.5, image/*, application/*, x-scheme-handler/*"}),
    # Shows pages it has without asking, so that links to it carry a number of their own.
    "ELINKS": dict(headers={
        "User-Agent": "ELinks/0.13.2 (textmode; Debian; Linux 6.1.0 x86_64; 80x50-2)",
        "Accept": "*/*"}),
    "NOKIA7110": dict(cookies=False, headers={
        "User-Agent": "Nokia7110/1.0 (05.01)",
        "Accept": "application/vnd.wap.wmlc, image/vnd.wap.wbmp, text/vnd.wap.wml",
        "Accept-Charset": "utf-8", "Via": "WAP/1.1 gate (Kannel/1.4.5)"}),
    "CHROME": dict(origin=True, headers={
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                      "Chrome/156.0.0.0 Safari/537.36",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
                  "*/*;q=0.8",
        "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}),
    "JSON": dict(cookies=False, headers={
        "User-Agent": "zt-json/1", "Accept": "application/json"}),
    # A phone that lists nothing but gb2312, straight through an HTTP proxy.
    "GBK": dict(headers={
        "User-Agent": "K-Touch_N2200_CMCC/TBG110022_1223_V0801 MTK/6223 Browser/WAP2.0",
        "Accept": "text/html, application/xhtml+xml, */*", "Accept-Charset": "gb2312"}),
    "GBKWML": dict(cookies=False, headers={
        "User-Agent": "Nokia3330/1.0 (03.05)",
        "Accept": "text/vnd.wap.wml, application/vnd.wap.wmlc, image/vnd.wap.wbmp",
        "Accept-Charset": "gb2312"}),
}
TOKEN = re.compile(r"/(?:~|%7[Ee])([A-Za-z0-9_-]{16})(?=/|$)")


class Client:
    def __init__(self, server, preset="CHROME", cookies=None, lang="en", **headers):
        known = PRESETS[preset]
        self.server, self.preset = server, preset
        self.http = known.get("http", "1.1")
        self.cookies_on = known.get("cookies", True) if cookies is None else cookies
        self.headers = {**known["headers"], "Accept-Language": lang,
                        **{n.replace("_", "-"): v for n, v in headers.items() if v is not None}}
        for name, value in headers.items():
            if value is None:
                self.headers.pop(name.replace("_", "-"), None)
        self.sends_origin = known.get("origin", False)
        self.draws_frames = preset == "CHROME"
        self.cookies = {}
        self.bearer = None
        self.secrets = set()       # tokens, cookie values and passwords that no body may show
        self.signed_in = False
        self.post_charset = None   # None: the page's own, as honest clients do
        self.variables = {}        # of the WML browser
        self.page = None
        self.trail = []            # (status, url) of the last navigation
        self.name = self.password = None
        self._sock = None

    @property
    def origin(self):
        return f"http://{self.server.host}:{self.server.port}"

    @property
    def token(self):
        """The session token in the path this client stands on, or None."""
        found = TOKEN.match(self.page.url) if self.page else None
        return found.group(1) if found else None

    @property
    def root(self):
        return f"/~{self.token}/" if self.token else "/"

    # ---- one exchange ------------------------------------------------------
    def _connect(self):
        self._sock = socket.create_connection((self.server.host, self.server.port), timeout=60)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self._sock:
            self._sock.close()
        self._sock = None

    def _head(self, method, url, body, extra):
        headers = {"Host": f"{self.server.host}:{self.server.port}", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Content-Length"] = str(len(body))
            if self.sends_origin:
                headers.update({"Origin": self.origin, "Sec-Fetch-Site": "same-origin"})
        for name, value in (extra or {}).items():
            headers.pop(name, None)
            if value is not None:
                headers[name] = value
        lines = [f"{method} {url} HTTP/{self.http}"] + [f"{n}: {v}" for n, v in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")

    def request(self, method, url, body=None, extra=None, check=True):
        """One request, one reply, no redirects followed; `url` is path and query."""
        data = self._head(method, url, body, extra)
        for fresh in (False, True):
            try:
                if fresh or not self._sock:
                    self.close()
                    self._connect()
                    fresh = True
                self._sock.sendall(data)
                reply = http.client.HTTPResponse(self._sock, method=method)
                reply.begin()
                content = reply.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh:
                    raise
        if reply.will_close:
            self.close()
        page = Page(url, reply.status, reply.headers, content, self.variables)
        self._take_cookies(page)
        for found in TOKEN.finditer(url + " " + page.header("Location")):
            self.secrets.add(found.group(1))
        if page.status == 303 and re.search(r"/(login|register)$", url):
            self.signed_in = True
        if check and method != "HEAD":
            checks.page_ok(self, page, self.secrets)
        return page

    def _take_cookies(self, page):
        for line in page.headers.get_all("Set-Cookie") or []:
            pair, *attributes = [p.strip() for p in line.split(";")]
            name, _, value = pair.partition("=")
            kept = {a.partition("=")[0].lower(): a.partition("=")[2] for a in attributes}
            if "wap.wml" not in self.headers.get("Accept", ""):     # Kannel drops such cookies
                assert "httponly" in kept, f"cookie without HttpOnly: {line}"
                assert kept.get("samesite", "").lower() in ("lax", "strict"), line
            if not self.cookies_on:
                self.secrets.add(value) if len(value) >= 16 else None
            elif kept.get("max-age") == "0" or not value or "1970" in kept.get("expires", ""):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
                if len(value) >= 16:
                    self.secrets.add(value)

    # ---- going about -------------------------------------------------------
    def go(self, method, url, body=None, extra=None, check=True):
        """Like a person's click: follows redirects, the last page becomes self.page."""
        self.trail = []
        for _ in range(8):
            page = self.request(method, url, body, extra, check)
            self.trail.append((page.status, url))
            if page.status not in (301, 302, 303, 307, 308):
                break
            where = urljoin(self.origin + url, page.header("Location"))
            parts = urlsplit(where)
            assert f"{parts.scheme}://{parts.netloc}" == self.origin, f"sent away to {where}"
            url = parts.path + ("?" + parts.query if parts.query else "")
            method, body, extra = "GET", None, None
        else:
            raise AssertionError(f"redirects without end: {self.trail}")
        if page.face == "wml" and page.xml.find("card") is not None \
                and page.xml.find("card").get("newcontext") == "true":
            self.variables.clear()
        self.page = page
        if self.draws_frames:
            page.parts = [self.request("GET", self.resolve(src), check=check) for src in page.frames]
        return page

    def resolve(self, href):
        base = self.page.url if self.page else "/"
        parts = urlsplit(urljoin(self.origin + base, href))
        return parts.path + ("?" + parts.query if parts.query else "")

    def get(self, href="./", **kw):
        """A link as it would stand in the current page: "f", "c12?b=40", "/-/x"."""
        return self.go("GET", self.resolve(href), **kw)

    def click(self, href=None, text=None):
        link = self.page.link(href, text)
        assert link, f"no link {href or text!r} on {self.page}: {[l.href for l in self.page.links]}"
        return self.get(link.href)

    def encode(self, fields):
        charset = self.post_charset or (self.page and self.page.charset) or "utf-8"
        def enc(text):
            return quote_plus(text.replace("\r\n", "\n").replace("\n", "\r\n")
                              .encode(charset, "xmlcharrefreplace"))
        return "&".join(f"{enc(n)}={enc(v)}" for n, v in fields).encode()

    def submit(self, form, extra=None, **values):
        assert isinstance(form, Form), f"no such form on {self.page}: " \
            f"{[(f.action, f.value) for f in self.page.forms]}\n{self.page.words}"
        fields = form.filled(values)
        if form.page.face == "wml":
            self._remember(form, values)
        if form.method == "get":
            query = self.encode(fields).decode()
            return self.get(form.action.partition("?")[0] + "?" + query)
        url = self.resolve(form.action) if form.action else self.page.url
        return self.go("POST", url, self.encode(fields), extra)

    def _remember(self, form, values):
        """What is typed on a phone stays in its variables until newcontext."""
        for el in form.page.xml.iter("postfield"):
            variable = re.fullmatch(r"\$\(?(\w+)(?::\w+)?\)?", el.get("value"))
            if variable and el.get("name") in values:
                self.variables[variable.group(1)] = values[el.get("name")]

    def post(self, href, fields, extra=None, charset="utf-8"):
        """A post by hand, for what no form would send."""
        old, self.post_charset = self.post_charset, charset
        body = fields if isinstance(fields, bytes) else self.encode(list(fields.items()))
        self.post_charset = old
        return self.go("POST", self.resolve(href), body, extra)

    def hold(self, href):
        """Asks in a thread on a connection of its own; .join() gives the page."""
        return Held(self, self.resolve(href))

    def copy(self):
        """The same client with the same cookies on another connection (a second tab)."""
        twin = Client.__new__(Client)
        twin.__dict__.update(self.__dict__)
        twin.cookies, twin.secrets = dict(self.cookies), set(self.secrets)
        twin.variables, twin._sock = {}, None
        return twin


class Held:
    def __init__(self, client, url, own_connection=True):
        self.client, self.url, self.own = client.copy() if own_connection else client, url, own_connection
        self.page = self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            self.page = self.client.request("GET", self.url)
        except Exception as error:          # shown by join()
            self.error = error
        finally:
            if self.own:
                self.client.close()

    @property
    def answered(self):
        return not self.thread.is_alive()

    def join(self, deadline_s=40):
        self.thread.join(deadline_s)
        assert self.answered, f"still held after {deadline_s} s: {self.url}"
        if self.error:
            raise self.error
        return self.page
