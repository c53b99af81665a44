"""One database from its first start on, with two who write and one who never reads, and
the rounds it lives through: people write in both faces, the server is killed and comes
back, everything shown and stored is audited, people send again what had no answer, and
everything is audited once more."""
import os
import random
import sys
import time

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/e2e")
import zt                                                          # noqa: E402
from kills import MOMENTS, first_start                             # noqa: E402
from people import befriend, register, talk                        # noqa: E402
from truth import Verifier, compare, messages, unread, verify_copies   # noqa: E402
from writers import Writer                                         # noqa: E402

ENOUGH = (5, 30)                 # messages acknowledged before a kill
FACES = ("NOKIA7110", "CHROME")  # WML without cookies, HTML with
LINES = 3                        # of each person, at a time
FIRST_STARTS = 2                 # that are killed before the one that succeeds
OPTIONS = {"log_level": "debug", "checkpoint_kb": 64, "threads": 2}


class Broken(Exception):
    """The server did not keep its word."""


def hold(true, what):
    if not true:
        raise Broken(what)


class Victim(zt.Server):
    program = zt.BIN

    def __init__(self, **options):
        self.copies = []         # backups that were told to be done
        super().__init__(**options)


class Era:
    def __init__(self, seed, figures):
        self.random, self.figures = random.Random(seed), figures
        self.server = Victim(start=False, **OPTIONS)
        for _ in range(FIRST_STARTS):
            figures.kills["first start"] += 1
            figures.hits["first start"] += first_start(self.server, self.random)
        self.server.start()
        self.writers = [register(self.server.client(face)) for face in FACES]
        self.silent = register(self.server.client("CHROME"))
        self.talks = {person: [] for person in self.writers}     # whose talks, "c1"
        self.reader = {}                                         # of a talk: one of the two
        self.meet(*self.writers)
        for person in self.writers:
            self.meet(person, self.silent)
        self.posts = {cid: [] for cid in self.reader}

    def meet(self, one, other):
        befriend(one, other)
        cid = talk(one, other.name)
        self.reader[cid] = one
        for person in (one, other):
            if person in self.talks:
                self.talks[person].append(cid)

    @property
    def everybody(self):
        return (*self.writers, self.silent)

    # ---- a round ------------------------------------------------------------------
    def round(self, moment):
        lines = self.write_for_a_while()
        self.figures.rounds += 1
        self.figures.kills[moment] += 1
        self.figures.hits[moment] += MOMENTS[moment](self.server, self.random)
        self.take(lines)
        verifier = Verifier(self.server, self.server.dir, os.path.join(self.server.top, "state"))
        self.come_back()
        self.audit()
        for line in lines:
            line.retry()
            self.figures.again += line.again
        self.audit()
        for cid, posts in self.posts.items():
            hold(all(post.acknowledged for post in posts), f"{cid}: some were never taken")
        self.read_everything()
        faults = verifier.result() + verify_copies(self.server)
        hold(not faults, faults)

    def write_for_a_while(self):
        lines = [Writer(person, self.talks[person], self.random.random())
                 for person in self.writers for _ in range(LINES)]
        enough = self.random.randint(*ENOUGH)
        for line in lines:
            line.start()
        zt.wait_until("messages are taken", lambda: any(line.error for line in lines) or enough <=
                      sum(post.acknowledged for line in lines for post in list(line.posts)))
        return lines

    def take(self, lines):
        """The server is gone; so are those who wrote."""
        for line in lines:
            line.join(zt.START_S)
            hold(not line.is_alive() and not line.error, repr(line.error))
            self.figures.unknown += sum(not post.acknowledged for post in line.posts)
            for post in line.posts:
                self.posts[post.cid].append(post)

    def come_back(self):
        for client in self.everybody:
            client.close()
        begun = time.monotonic()
        self.server.restart()
        self.figures.starts_s.append(time.monotonic() - begun)

    # ---- the audit ------------------------------------------------------------------
    def audit(self):
        shown = unread(self.silent)
        for cid, posts in self.posts.items():
            stored = messages(self.reader[cid], cid)
            lost, doubled, foreign = compare(stored, posts)
            self.figures.lost += len(lost)
            self.figures.doubled += len(doubled)
            hold(not lost, f"{cid}: acknowledged and not there: {lost}")
            hold(not doubled, f"{cid}: there twice: {doubled}")
            hold(not foreign, f"{cid}: nobody wrote {foreign}")
            hold(shown.get(cid, len(stored)) == len(stored),
                 f"{cid}: {len(stored)} messages, all unread, are shown as {shown.get(cid)}")

    def read_everything(self):
        """Who opens a talk has nothing unread in it."""
        for person, cids in self.talks.items():
            for cid in cids:
                person.go("GET", person.root + cid, check=False)     # and what is in its frames
            hold(not any(unread(person).values()), f"read, and yet unread: {unread(person)}")

    # ---- the end ---------------------------------------------------------------------
    def close(self):
        """A clean stop keeps everything, the read marks too."""
        before = [unread(person) for person in self.everybody]
        self.server.stop()
        for client in self.everybody:
            client.close()
        self.server.restart()
        hold([unread(person) for person in self.everybody] == before, "unread after a clean stop")
        self.audit()
        self.server.stop()
        faults = Verifier(self.server, self.server.dir, self.server.dir).result()
        hold(not faults, faults)
        posts = [post for posts in self.posts.values() for post in posts]
        self.figures.acknowledged += sum(post.acknowledged for post in posts)
        self.figures.stored += len(posts)    # audit() found each of them, once
        self.server.fini()
