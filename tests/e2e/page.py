"""What a client makes of a reply: words, links, forms.  One reader for HTML,
WML and JSON, so that a test says "the form to login" and means it in each.

A WML form is a <go method="post">: its fields are the postfields, and those
whose value is one variable are the ones a person types into."""
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin, urlsplit

WML_TYPE = "text/vnd.wap.wml"
HTML_TYPES = ("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
JSON_TYPE = "application/json"

BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "dt", "dd", "form", "table", "ul", "ol",
          "section", "article", "header", "footer", "nav", "main", "hr", "card", "do", "pre",
          "fieldset", "blockquote", "dl", "td", "th"}
UNREAD = {"head", "style", "textarea", "select", "datalist"}  # their text is not words of the page


@dataclass
class Link:
    href: str
    text: str
    accesskey: str = ""


@dataclass
class Form:
    page: object
    action: str                                   # as written; "" is the page itself
    method: str
    fields: list = field(default_factory=list)    # [name, value] in page order
    typed: set = field(default_factory=set)       # names a person can change
    choices: dict = field(default_factory=dict)   # name -> values of a select or radio group
    label: str = ""                               # words of its button

    @property
    def value(self):
        return dict((n, v) for n, v in self.fields)

    def filled(self, values):
        """Fields as posted after a person typed `values`."""
        for name, value in values.items():
            assert name in self.typed, f"no field {name!r} to type into, only {sorted(self.typed)}"
            if name in self.choices:
                assert value in self.choices[name], f"{name}: {value!r} not in {self.choices[name]}"
        out = [[n, values.get(n, v)] for n, v in self.fields]
        have = {n for n, _ in out}
        return out + [[n, v] for n, v in values.items() if n not in have]


def local(tag):
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


class Page:
    def __init__(self, url, status, headers, body, variables=None):
        self.url = url                # path and query it was asked under
        self.status = status
        self.headers = headers        # http.client.HTTPMessage
        self.body = body
        self.variables = variables if variables is not None else {}
        self.parts = []               # pages in its frames, once a browser has loaded them

    def header(self, name, default=""):
        return self.headers.get(name, default)

    @cached_property
    def type(self):
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @cached_property
    def charset(self):
        m = re.search(r"charset\s*=\s*\"?([\w.:-]+)", self.header("Content-Type"), re.I)
        return m.group(1).lower() if m else ""

    @property
    def face(self):
        if self.type == WML_TYPE:
            return "wml"
        if self.type in HTML_TYPES:
            return "html"
        return "json" if self.type == JSON_TYPE else "other"

    @cached_property
    def text(self):
        """The body decoded, strictly, by what the header says."""
        return self.body.decode(self.charset or "utf-8")

    @cached_property
    def xml(self):
        text = re.sub(r"^(<\?xml[^>]*?)\s+encoding=[\"'][^\"']*[\"']", r"\1", self.text)
        text = re.sub(r"(<\?xml[^>]*\?>)?\s*<!DOCTYPE[^>]*>", "", text, count=1)
        parser = ET.XMLParser()
        parser.feed(text.replace("&nbsp;", "\u00a0").replace("&shy;", "\u00ad").encode())
        root = parser.close()
        for el in root.iter():
            el.tag = local(el.tag)
        return root

    @cached_property
    def json(self):
        return json.loads(self.text)

    # ---- words -----------------------------------------------------------
    @property
    def words(self):
        """What a person reads, line breaks as \\n, what stands in frames last."""
        return "\n".join([self.own_words] + [part.words for part in self.parts])

    @cached_property
    def own_words(self):
        """The same without frames; typed-into fields are not read."""
        if self.face == "json":
            return "\n".join(str(v) for v in leaves(self.json))
        if self.face == "other":
            return self.text
        out = []
        self._read(self.xml, out)
        return re.sub(r"[ \t]*\n[ \t\n]*", "\n", "".join(out)).strip()

    def _read(self, el, out):
        if el.tag in UNREAD:
            return
        if el.tag in BLOCKS:
            out.append("\n")
        for name in ("title", "label"):
            if self.face == "wml" and el.tag in ("card", "do") and el.get(name):
                out.append(self.wml(el.get(name)) + "\n")
        # What is written across source lines is one line to a reader.
        out.append(self._squeeze(el, el.text))
        for child in el:
            self._read(child, out)
            out.append(self._squeeze(el, child.tail))
        if el.tag in BLOCKS:
            out.append("\n")

    def _squeeze(self, el, text):
        text = text or ""
        if el.tag != "pre":
            text = re.sub(r"[ \t\r\n]+", " ", text)
        return self.wml(text) if self.face == "wml" else text

    def wml(self, text):
        """Substitutes variables as a WML browser does; $$ is a dollar."""
        def one(m):
            if m.group(0) == "$$":
                return "$"
            return self.variables.get(m.group(1) or m.group(2), "")
        return re.sub(r"\$\$|\$\((\w+)(?::\w+)?\)|\$(\w+)", one, text)

    # ---- links -----------------------------------------------------------
    @property
    def links(self):
        return self.own_links + [link for part in self.parts for link in part.links]

    @cached_property
    def own_links(self):
        if self.face == "json":
            return json_links(self.json)
        out = []
        for el in self.xml.iter():
            if el.tag == "a" and el.get("href"):
                out.append(Link(self._href(el.get("href")), self._inner(el), el.get("accesskey", "")))
            elif el.tag in ("anchor", "do"):
                go = el.find("go")
                if go is not None and go.get("method", "get") == "get":
                    out.append(Link(self._href(go.get("href")), el.get("label", "") or self._inner(el)))
        return out

    def _href(self, href):
        return self.wml(href) if self.face == "wml" else href

    def _inner(self, el):
        text = re.sub(r"\s+", " ", "".join(el.itertext())).strip()
        return self.wml(text) if self.face == "wml" else text

    def link(self, href=None, text=None):
        """The first link whose href matches the pattern and whose words contain `text`; or None."""
        for link in self.links:
            if (href is None or re.search(href, link.href)) and (text is None or text in link.text):
                return link
        return None

    @cached_property
    def frames(self):
        if self.face != "html":
            return []
        return [el.get("src") for el in self.xml.iter() if el.tag in ("frame", "iframe")]

    @cached_property
    def refresh(self):
        """Content of meta refresh, the Refresh header or the WML timer; '' when there is none."""
        if self.face == "json":
            return ""
        for el in self.xml.iter():
            if el.tag == "meta" and el.get("http-equiv", "").lower() == "refresh":
                return el.get("content")
            if el.tag == "timer":
                return el.get("value")
        return self.header("Refresh")

    @property
    def moving(self):
        """The page itself, or the one in its frame, which moves in its place."""
        return self.parts[0] if self.parts else self

    @property
    def waits_on(self):
        """The address of a hold that the page or a frame of it goes to, by itself or by a link."""
        for page in [self, *self.parts]:
            _, _, url = page.refresh.partition("url=")
            if re.search(r"[?&]w=", url):
                return url
        link = self.link(r"[?&]w=")
        return link.href if link else None

    # ---- forms -----------------------------------------------------------
    @cached_property
    def forms(self):
        if self.face == "json":
            import jsonforms
            return jsonforms.forms(self)
        if self.face == "wml":
            return [self._go(el, go) for el in self.xml.iter() if el.tag in ("anchor", "do", "onevent")
                    for go in el.findall("go") if go.get("method") == "post"]
        return [self._form(el) for el in self.xml.iter() if el.tag == "form"]

    def _form(self, el):
        form = Form(self, el.get("action", ""), el.get("method", "get").lower())
        for item in el.iter():
            name, kind = item.get("name"), item.get("type", "text").lower()
            if item.tag in ("input", "button") and kind in ("submit", "image", ""):
                assert not name, f"a submit button has a name: {name}"
                form.label = form.label or item.get("value", "") or self._inner(item)
            elif item.tag == "button":
                assert not name, f"a button has a name: {name}"
                form.label = form.label or self._inner(item)
            elif item.tag == "input" and kind in ("checkbox", "radio"):
                form.typed.add(name)
                form.choices.setdefault(name, []).append(item.get("value", "on"))
                if item.get("checked") is not None:
                    form.fields.append([name, item.get("value", "on")])
            elif item.tag == "input" and name:
                form.fields.append([name, item.get("value", "")])
                if kind != "hidden":
                    form.typed.add(name)
            elif item.tag == "textarea" and name:
                value = "".join(item.itertext())
                form.fields.append([name, value[1:] if value.startswith("\n") else value])
                form.typed.add(name)
            elif item.tag == "select" and name:
                options = [(o.get("value") if o.get("value") is not None else self._inner(o),
                            o.get("selected") is not None) for o in item.iter("option")]
                chosen = [v for v, on in options if on] or [options[0][0]]
                form.fields.append([name, chosen[0]])
                form.typed.add(name)
                form.choices[name] = [v for v, _ in options]
        return form

    @cached_property
    def wml_inputs(self):
        """variable -> (value shown, choices or None): a variable already set beats value=."""
        out = {}
        for el in self.xml.iter():
            if el.tag == "input":
                name = el.get("name")
                out[name] = (self.variables.get(name, self.wml(el.get("value", ""))), None)
            elif el.tag == "select" and el.get("name"):
                values = [self.wml(o.get("value", "")) for o in el.iter("option")]
                out[el.get("name")] = (self._chosen(el, values), values)
        return out

    def _chosen(self, el, values):
        """WML 1.1 section 11.6.2: ivalue, then the variable, then value, then the first option."""
        if el.get("ivalue"):
            index = int(el.get("ivalue"))
            return values[index - 1] if 0 < index <= len(values) else values[0]
        wish = self.variables.get(el.get("name"), self.wml(el.get("value", "")))
        return wish if wish in values else values[0]

    def _go(self, el, go):
        label = el.get("label", "") or self._inner(el)
        form = Form(self, self._href(go.get("href")), "post", label=label)
        for post in go.findall("postfield"):
            name, value = self.wml(post.get("name")), post.get("value")
            variable = re.fullmatch(r"\$\(?(\w+)(?::\w+)?\)?", value)
            if variable and variable.group(1) in self.wml_inputs:
                shown, choices = self.wml_inputs[variable.group(1)]
                form.fields.append([name, shown])
                form.typed.add(name)
                if choices:
                    form.choices[name] = choices
            else:
                form.fields.append([name, self.wml(value)])
        return form

    def form(self, to=None, typed=None, **values):
        """The first form whose action ends in `to` (a pattern), that has the field `typed` to
        type into and the fixed fields given; or None."""
        for form in self.forms:
            path = urljoin(self.url, form.action).partition("?")[0] if form.action else self.url
            last = urlsplit(path).path.rpartition("/")[2] if "://" not in path else path
            if to is not None and not re.fullmatch(to, last):
                continue
            if typed is not None and typed not in form.typed:
                continue
            if all(form.value.get(n) == str(v) for n, v in values.items()):
                return form
        return None

    def __repr__(self):
        return f"<{self.status} {self.url} {self.header('Content-Type')} {len(self.body)} bytes>"


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None and value is not True and value is not False:
        yield value


LINK_KEYS = {"href", "talk", "person", "older", "newer", "newest", "write", "back", "wait", "self",
             "whole", "password", "blocked", "link"}


def json_links(value, inherited=""):
    out = []
    if isinstance(value, dict):
        name = value.get("name") or value.get("text") or inherited
        for key, item in value.items():
            if key in LINK_KEYS and isinstance(item, str):
                out.append(Link(item, str(name or key)))
            elif isinstance(item, (dict, list)):
                out += json_links(item)
    elif isinstance(value, list):
        for item in value:
            out += json_links(item)
    return out
