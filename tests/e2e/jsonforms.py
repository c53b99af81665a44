"""The forms of the JSON face: there are none in the bytes, so templates/CONTRACT
says what a program posts where.  Rows here follow that file."""
from page import Form


def forms(page):
    data = page.json
    if not isinstance(data, dict):
        return []
    rows = RULES.get(data.get("page"), lambda d: [])(data)
    return [make(page, data, *row) for row in rows]


def make(page, data, action, fixed, typed):
    form = Form(page, action or page.url.partition("?")[0].rpartition("/")[2], "post")
    common = {"e": "中"}
    if data.get("key"):
        common["k"] = data["key"]
    form.fields = [[n, str(v)] for n, v in {**common, **fixed}.items()]
    form.fields += [[n, str(v or "")] for n, v in typed.items() if n not in fixed]
    form.typed = set(typed)
    return form


def requests(data):
    for row in data.get("requests", []):
        yield "f", {"do": "accept", "u": row["id"]}, {}
        yield "f", {"do": "refuse", "u": row["id"]}, {}


def signin(data):
    fixed = {}
    if data.get("to"):
        fixed["to"] = data["to"]
    if data.get("text"):
        fixed["k2"] = data.get("text_key", "")
        fixed["m"] = data["text"]
    yield "login", fixed, {"name": data.get("name"), "password": ""}


def person(data):
    for do in ("ask", "accept", "refuse", "remove", "block", "unblock"):
        yield "", {"do": do}, {}
    yield "", {"do": "remark"}, {"remark": data.get("remark")}
    if data.get("write"):
        yield "", {"do": "send"}, {"m": data.get("text")}


def friends(data):
    yield "f", {"do": "ask"}, {"name": data.get("name")}
    yield from requests(data)
    for row in data.get("asked", []):
        yield "f", {"do": "refuse", "u": row["id"]}, {}


def settings(data):
    def on(rows):
        return next((r["value"] for r in rows if r.get("on")), "")
    names = {"lang": "langs", "zone": "zones", "face": "faces", "cs": "charsets", "rows": "sizes",
             "rule": "rules"}
    yield "o", {"do": "save"}, {n: on(data.get(rows, [])) for n, rows in names.items()}
    yield "o", {"do": "everywhere"}, {}
    yield "logout", {}, {}


def sessions(data):
    for row in data.get("sessions", []):
        if not row.get("here"):
            yield "o", {"do": "end", "u": row["id"]}, {}
    if data.get("others"):
        yield "o", {"do": "others"}, {}
    on = next((r["value"] for r in data["rules"] if r.get("on")), "")
    yield "o", {"do": "places"}, {"rule": on}


def places(data):
    for do in ("leave", "end", "cancel"):
        yield data["to"], {"do": do, "u": data["ticket"]}, {}


def presence(data):
    def on(rows):
        return next((r["value"] for r in rows if r.get("on")), "")
    yield "o", {"do": "presence"}, {"state": on(data["states"]), "status": data.get("status"),
                                    "see": on(data["sees"])}
    yield "o", {"do": "image"}, {}
    if data.get("image"):
        yield "o", {"do": "noimage"}, {}


def resend(data):
    fixed = {"do": "send"} if data.get("person") else {}
    yield data.get("to", ""), fixed, {"m": data.get("text")}


RULES = {
    "signin": signin,
    "register": lambda d: [("register", {}, {"name": d.get("name"), "password": ""})],
    "inbox": lambda d: list(requests(d)),
    "friends": friends,
    "blocked": lambda d: [("f", {"do": "unblock", "u": r["id"]}, {}) for r in d.get("blocked", [])],
    "person": person,
    "conversation": lambda d: [("", {}, {"m": d.get("text")})] if d.get("form") else [],
    "write": lambda d: [("", {}, {"m": d.get("text")})],
    "resend": resend,
    "settings": settings,
    "sessions": sessions,
    "places": places,
    "live": lambda d: [("o", {"do": "live"}, {"live": next((r["value"] for r in d["modes"] if r.get("on")), "")})],
    "presence": presence,
    "password": lambda d: [("o", {"do": "password"}, {"password": "", "new": ""})],
}
