"""The rules of the watch sets under random commands on random pages, many threads at once:
a cached or 304 answer is never older than the truth, whoever waits wakes, and nothing
wakes itself.  SEED=n repeats a run."""
import os
import random
import threading
from contextlib import contextmanager

from people import PASSWORD, befriend, somebody, somebody_else, talk
from zt import wait_until

SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10 ** 6)
PEOPLE, WRITERS, READERS, WAITERS = 5, 3, 3, 8
COMMANDS = 120          # of each writer
LONG = 600              # a hold: no deadline helps a lost wake-up

# What differs from one rendering to the next, and what is not meant to wake anybody.
EACH_TIME = {"asof", "key", "wait", "next", "self", "tail", "form_n", "notice", "live_key", "pause",
             "moving", "foot_key"}
# Told by a sweep, at most 10 s after it is so: a client that falls silent ages in between.
TOLD_LATE = {"presence", "status", "writing"}
CALM = {"presence", "bar", "asks", "unread", "new", "unread_older", "name", "who", "used", "sessions_n",
        "remark", "newer", "older"}
FORM = {"form", "form_below", "write", "text", "to"}     # a page that waits has no input


def content(data, without=EACH_TIME):
    if isinstance(data, dict):
        return {k: content(v, without) for k, v in data.items() if k not in without}
    return [content(item, without) for item in data] if isinstance(data, list) else data


def waking(data):
    out = content(data, EACH_TIME | CALM | FORM)
    if data["page"] == "settings":
        out.pop("sessions", None)
    return out


class World:
    """Who does something shares it; who must see it stand still has it alone."""

    def __init__(self):
        self.condition, self.sharing, self.alone_wanted = threading.Condition(), 0, False

    @contextmanager
    def shared(self):
        with self.condition:
            self.condition.wait_for(lambda: not self.alone_wanted)
            self.sharing += 1
        try:
            yield
        finally:
            with self.condition:
                self.sharing -= 1
                self.condition.notify_all()

    @contextmanager
    def alone(self):
        with self.condition:
            self.condition.wait_for(lambda: not self.alone_wanted)
            self.alone_wanted = True
            self.condition.wait_for(lambda: self.sharing == 0)
        try:
            yield
        finally:
            with self.condition:
                self.alone_wanted = False
                self.condition.notify_all()


class Actor(threading.Thread):
    def __init__(self, world, number, people):
        super().__init__(daemon=True)
        self.world, self.people, self.error = world, people, None
        self.random = random.Random(SEED * 1000 + number)
        self.stopping = False

    def run(self):
        try:
            self.act()
        except Exception as error:                   # shown by the test
            self.error = error


class Person:
    """One's name, pages and peers; each thread uses a copy of the client of its own."""

    def __init__(self, client):
        self.client, self.talks, self.peers = client, [], []

    def pages(self):
        return ["./", "f", "o", "o?v=sessions", "f?v=blocked"] + self.talks + \
            [talk + "-1" for talk in self.talks] + [f"u{uid}" for uid in self.peers]


class Writer(Actor):
    def act(self):
        clients = [person.client.copy() for person in self.people]
        for number in range(COMMANDS):
            at = self.random.randrange(len(self.people))
            person, client = self.people[at], clients[at]
            with self.world.shared():
                self.random.choice(COMMAND)(self, person, client, f"{self.name}.{number}")

    def post(self, client, href, **fields):
        page = client.request("POST", "/" + href, client.encode([(n.strip("_"), v) for n, v in
                                                                 fields.items()]))
        assert page.status in (200, 303, 400, 403, 404, 409), (href, fields, page)

    def write(self, person, client, text):
        self.post(client, self.random.choice(person.talks), m=text)

    def remark(self, person, client, text):
        self.post(client, f"u{self.random.choice(person.peers)}", do="remark", remark=text[-20:])

    def relate(self, person, client, text):
        do = self.random.choice(["block", "unblock", "remove", "ask", "accept", "refuse"])
        self.post(client, f"u{self.random.choice(person.peers)}", do=do)

    def settle(self, person, client, text):
        name, values = self.random.choice([("rows", "10 15 20"), ("rule", "everyone friends"),
                                           ("zone", "0 480"), ("lang", "en zh-CN")])
        self.post(client, "o", do="save", **{name: self.random.choice(values.split())})

    def places(self, person, client, text):
        other = client.server.client("JSON")
        page = other.request("POST", "/login", other.encode([("name", client.name),
                                                             ("password", PASSWORD)]))
        other.bearer = page.json["token"]
        listed = other.request("GET", "/o?v=sessions").json["sessions"]
        own = next(s["id"] for s in listed if s.get("here"))
        self.post(other, "o", do="end", u=own)
        other.close()


COMMAND = [Writer.write] * 6 + [Writer.remark, Writer.relate, Writer.relate, Writer.settle] * 2 + \
    [Writer.places]


class Reader(Actor):
    """Asks as browsers do, with the tags it knows, and anew beside it."""
    checks = 0

    def act(self):
        self.clients = [person.client.copy() for person in self.people]
        self.known, self.number = {}, 0
        while not self.stopping:
            at = self.random.randrange(len(self.people))
            href = self.random.choice(self.people[at].pages())
            with self.world.shared():
                good = self.check(at, href)
            if not good:
                with self.world.alone():
                    self.check(at, href)             # what one has read is read now
                    what = f"stale: {self.clients[at].name} {href} SEED={SEED}"
                    assert self.check(at, href, TOLD_LATE), what
                    wait_until(what, lambda: self.check(at, href))

    def fresh(self, client, href):
        self.number += 1
        url = f"/{href.removeprefix('./')}{'&' if '?' in href else '?'}x={self.name}.{self.number}"
        page = client.request("GET", url)
        return page.status, content(page.json)

    def check(self, at, href, but=frozenset()):
        """False: the answer was another than the truth before and after it, without those keys."""
        client = self.clients[at]
        before = self.fresh(client, href)
        tag, old = self.known.get((at, href), (None, None))
        page = client.request("GET", "/" + href.removeprefix("./"),
                              extra={"If-None-Match": tag} if tag else None)
        got = old if page.status == 304 else (page.status, content(page.json))
        if page.header("ETag"):
            self.known[at, href] = page.header("ETag"), got
        self.checks += 1
        after = self.fresh(client, href)
        return before != after or content(got[1], but) == content(before[1], but) and got[0] == before[0]


class Waiter(Actor):
    """Waits on one page, answer after answer."""
    answers, last = 0, None

    def __init__(self, world, number, people, client, href):
        super().__init__(world, number, people)
        self.client, self.href = client, href

    def act(self):
        page = self.client.get(self.href)
        while not self.stopping:
            self.last = page.json
            if "wait" not in self.last:              # a page that has gone: blocked, removed
                page = self.client.get(self.href)
                continue
            page = self.client.request("GET", self.client.resolve(self.last["wait"]))
            self.answers += 1


def community(server):
    people = [Person(somebody(server, "JSON")) for _ in range(PEOPLE)]
    for i, one in enumerate(people):
        for other in people[:i]:
            befriend(one.client, other.client)
            cid = talk(one.client, other.client.name)
            for a, b in ((one, other), (other, one)):
                a.talks.append(cid)
                a.peers.append(people.index(b) + 1)
            Writer(World(), 0, people).post(one.client, cid, m="first")
    return people


def waiters(world, people):
    out = []
    for number in range(WAITERS):
        person = people[number % len(people)]
        pages = ["./", "f", person.talks[0], "o", "o?v=sessions", f"u{person.peers[0]}", person.talks[-1],
                 "f?v=blocked"]
        client = somebody_else(person.client, "JSON")
        out.append(Waiter(world, 500 + number, people, client, pages[number]))
    return out


def failed(actors):
    for actor in actors:
        if actor.error:
            raise actor.error
    return False


def test_answers_are_true_and_waiting_ends_for_news_alone(serve):
    print(f"SEED={SEED}")
    server = serve(hold_s=LONG, hold_max_s=LONG, threads=4)
    people, world = community(server), World()
    waiting = waiters(world, people)
    readers = [Reader(world, 100 + n, people) for n in range(READERS)]
    writers = [Writer(world, 1 + n, people) for n in range(WRITERS)]
    everybody = waiting + readers + writers
    for actor in everybody:
        actor.start()
    wait_until("the writers are done", lambda: failed(everybody) or
               not any(writer.is_alive() for writer in writers), 240)
    for reader in readers:
        reader.stopping = True
        reader.join(60)
    failed(everybody)
    assert sum(reader.checks for reader in readers) > 100
    converge(server, waiting)
    rest(server, waiting)
    for waiter in waiting:
        waiter.stopping = True


def converge(server, waiting):
    """Everybody who waits has the truth before them, soon after the last command."""
    for waiter in waiting:
        client, seen = waiter.client.copy(), []

        def true():
            failed(waiting)
            page = client.request("GET", "/" + waiter.href.removeprefix("./"))
            seen[:] = waking(page.json), waking(waiter.last)
            return seen[0] == seen[1]
        try:
            wait_until(f"{waiter.href} shows the truth, SEED={SEED}", true, 40)
        except AssertionError:
            raise AssertionError(f"SEED={SEED} {waiter.href}\n{seen[0]}\n{seen[1]}") from None


def rest(server, waiting):
    """With nothing to tell, a hold is answered at its end and no sooner."""
    def round_of_holds():
        before = [waiter.answers for waiter in waiting]
        server.advance((LONG + 1) * 1000)
        wait_until("each has an answer", lambda: failed(waiting) or all(
            w.answers > b for w, b in zip(waiting, before)))
        wait_until("all wait again", lambda: failed(waiting) or server.held() == len(waiting))
        return sum(w.answers for w in waiting) - sum(before)
    round_of_holds()
    round_of_holds()                                 # presence has aged
    for _ in range(3):
        answers = round_of_holds()
        assert answers <= len(waiting) + 2, answers
