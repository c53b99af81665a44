"""The audit after each restart.  What people see: every acknowledged message once, in
talks numbered without gap, unread numbers that follow from it.  What is on disk: the
state the kill left, copied before anybody repaired it, passes `zhitiao verify`."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/e2e")
from people import older                                           # noqa: E402

# Reads like a browser that fetches ahead: nobody's read mark moves.
LOOK = {"Accept": "application/json", "Purpose": "prefetch", "Sec-Purpose": "prefetch"}


def look(client, href):
    page = client.request("GET", client.root + href, extra=LOOK, check=False)
    assert page.status == 200, f"{href}: {page.status} {page.text}"
    return page


def messages(client, cid):
    """Texts of a talk from the first on; the numbers must be 1, 2, 3…"""
    lines, href, total = [], cid, None
    while href:
        page = look(client, href)
        lines += page.json["lines"]
        total = page.json["total"] if total is None else total
        href = older(page)
    lines.reverse()
    numbers = [line["seq"] for line in lines]
    assert numbers == list(range(1, total + 1)), f"{cid}: {total} messages, numbers {numbers}"
    return ["".join(part.get("text", "") for part in line["parts"]) for line in lines]


def unread(client):
    return {talk["href"]: talk.get("unread", 0) for talk in look(client, "").json["talks"]}


def compare(stored, posts):
    """(lost, doubled, foreign) of one talk."""
    tried = {post.text for post in posts}
    told = {post.text for post in posts if post.acknowledged}
    return told - set(stored), [t for t in set(stored) if stored.count(t) > 1], set(stored) - tried


class Verifier:
    """`zhitiao verify` beside everything else, on a copy of what the kill left."""

    def __init__(self, server, directory, where):
        self.where = where
        if directory != where:
            # A log file is mostly a hole; the socket stays behind.
            subprocess.run(["cp", "-r", "--sparse=always", directory, where], check=True)
        self.process = subprocess.Popen([server.program, "verify", where], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def result(self):
        """What is wrong, or nothing."""
        out = self.process.communicate(timeout=300)[0]
        if self.process.returncode == 0:
            shutil.rmtree(self.where, ignore_errors=True)
            return []
        return [f"verify {self.where}: {out}"]


def verify_copies(server):
    """Backups that were told to be done."""
    faults = []
    while server.copies:
        copy = server.copies.pop()
        faults += Verifier(server, copy, copy).result()
    for name in os.listdir(server.top):
        if name.startswith("copy"):          # of a backup that was killed
            shutil.rmtree(os.path.join(server.top, name))
    return faults
