"""What people do, in any face: register, sign in, befriend, write, read.
Each helper follows links and submits the forms of the pages it is shown."""
import itertools
import re

from words import T

_numbers = itertools.count(1)
PASSWORD = "geheim-8 bytes"


def fresh_name(stem="u"):
    """A name that no other test of this run has, and that is no part of another."""
    return f"{stem}-{next(_numbers)}-"


def has_sign_in(page):
    return page.face != "other" and page.form(to="login", typed="password") is not None


def register(client, name=None, password=PASSWORD):
    client.name, client.password = name or fresh_name(), password
    client.get("register")
    client.submit(client.page.form(to="register", typed="name"), name=client.name, password=password)
    if client.page.face == "json" and client.page.json.get("token"):
        take_token(client)
    if has_sign_in(client.page):
        sign_in(client)
    assert_signed_in(client)
    return client


def take_token(client):
    """A program keeps the token it was given and sends it as Bearer."""
    client.bearer, client.signed_in = client.page.json["token"], True
    client.get("/")


def sign_in(client, name=None, password=None):
    """From wherever the client stands, by the form on the page or that of "/"."""
    if client.page is None or not has_sign_in(client.page):
        client.get("/")
    client.submit(client.page.form(to="login", typed="password"),
                  name=name or client.name, password=password or client.password)
    if client.page.face == "json" and client.page.json.get("token"):
        take_token(client)
    return client.page


def assert_signed_in(client):
    assert client.page.status == 200, (client.trail, client.page.words)
    assert not has_sign_in(client.page), client.page.words
    page = client.get("./")
    assert page.status == 200 and not has_sign_in(page), page.words
    if page.face == "json":
        assert page.json["me"] == client.name, page.json


def sign_out(client):
    client.get("o")
    form = client.page.form(to="logout")
    client.signed_in = False
    page = client.submit(form)
    client.bearer = None
    return page


def somebody(server, preset="CHROME", name=None, **kw):
    """A new registered and signed-in person with a client of this kind."""
    return register(server.client(preset, **kw), name)


def somebody_else(client, preset="CHROME", **kw):
    """The same person on another client."""
    other = client.server.client(preset, **kw)
    other.name, other.password = client.name, client.password
    sign_in(other)
    assert_signed_in(other)
    return other


def ask(client, name):
    client.get("f")
    return client.submit(client.page.form(to="f", typed="name", do="ask"), name=name)


def answer(client, do="accept"):
    """Accepts or refuses the first request on the list; phones refuse on the person's page."""
    client.get("f")
    form = client.page.form(to="f", do=do)
    if form is None:
        client.click(r"^u\d+")
        form = client.page.form(do=do)
    return client.submit(form)


def befriend(a, b):
    ask(a, b.name)
    answer(b)


def friends(server, one="CHROME", other="CHROME", **kw):
    """Two new people who are friends."""
    a, b = somebody(server, one, **kw), somebody(server, other)
    befriend(a, b)
    return a, b


def pair(server, one="CHROME", other="CHROME", **kw):
    """Two friends and the segment of their talk: what most tests begin with."""
    a, b = friends(server, one, other, **kw)
    cid = talk(b, a.name)
    talk(a, b.name)
    return a, b, cid


def older(page):
    """The link to what is further down, if any."""
    if page.face == "json":
        return page.json.get("older")
    for words in (T("nav.older"), T("nav.next")):
        link = page.link(text=words)
        if link:
            return link.href
    return None


def newer(page):
    if page.face == "json":
        return page.json.get("newer")
    for words in (T("nav.newer"), T("nav.previous")):
        link = page.link(text=words)
        if link:
            return link.href
    return None


def row(client, name):
    """Links that belong to `name` in the friend list, over all its pages: [href…]."""
    page = client.get("f")
    while True:
        for at, link in enumerate(page.links):
            if link.text == name:
                after = itertools.takewhile(lambda l: l.href.startswith("u") or l.text == name,
                                            page.links[at + 1:])
                return [link.href] + [l.href for l in list(after)[:1]]
        href = older(page)
        assert href, f"{name} is not on the list: {page.words}"
        page = client.get(href)


def person(client, name):
    """Goes to the person's page by way of the friend list."""
    return client.get(next(h for h in row(client, name) if h.startswith("u")))


def talk(client, name):
    """Goes to the talk with `name`; returns its path segment, "c12"."""
    href = next((h for h in row(client, name) if h.startswith("c")), None)
    if not href:
        page = person(client, name)
        link = page.link(r"^c\d+$")
        assert link, f"no talk with {name}: {page.words}"
        href = link.href
    client.get(href)
    return href


def settings_form(client, field):
    """The form with this setting: on phones the rarer ones are a deck of their own."""
    if field == "live":
        return client.get("o?v=live").form(to="o", typed="live", do="live")
    page = client.get("o")
    form = page.form(to="o", typed=field, do="save")
    for link in [] if form else [l for l in page.links if l.href.startswith(("o?v=more", "o?v=zone"))]:
        form = form or client.get(link.href).form(to="o", typed=field, do="save")
    assert form, f"no setting {field}: {page.words}"
    return form


def save(client, **values):
    """Changes settings that stand in one form."""
    return client.submit(settings_form(client, next(iter(values))), **values)


def message_form(client):
    """The form to write in, on the page itself or behind its "write" link."""
    form = client.page.form(typed="m")
    if form is None:
        client.click(r"^c\d+\?.*v=form")
        form = client.page.form(typed="m")
    assert form, client.page.words
    return form


def say(client, cid, text):
    """Writes `text` into talk `cid`; the reply must be the talk."""
    client.get(cid)
    page = client.submit(message_form(client), m=text)
    assert page.status == 200 and re.search(rf"/{cid}(\?|$)", page.url), \
        f"{client.trail} {page.words}"
    return page


def lines(client, cid):
    """All messages of a talk, newest first, as the JSON face of the same session says:
    dicts with seq, own, who, text."""
    extra = {"Accept": "application/json"}
    out, href = [], cid
    while href:
        page = client.request("GET", client.resolve(href), extra=extra)
        assert page.status == 200, page.words
        for line in page.json["lines"]:
            text = "".join(("\n" if part.get("br") else "") + part.get("text", "")
                           for part in line.get("parts", []))
            out.append({"seq": line["seq"], "own": bool(line.get("own")), "who": line.get("who"),
                        "text": text, "cut": line.get("whole")})
        href = page.json.get("older")
    return out


def texts(client, cid):
    return [line["text"] for line in lines(client, cid)]
