"""People behind a gateway that loses answers.  A request whose answer did not come is
sent again, byte for byte: same form key, same text, sometimes twice at once.  What was
acknowledged is what the server said it has: 303, or the page "already sent"."""
import http.client
import itertools
import random
import socket
import sys
import threading

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/e2e")
from people import message_form                                    # noqa: E402
from words import T                                                # noqa: E402
from zt import whole                                               # noqa: E402

REPLY_S = 60
LOST, TWICE = 0.15, 0.4          # how often an answer is lost, a resend sent twice


class Gone(Exception):
    """No answer came: nobody knows whether the request was taken."""


class Post:
    """One message on its way: the bytes of its request, and what is known of it."""

    def __init__(self, cid, text, request):
        self.cid, self.text, self.request = cid, text, request
        self.acknowledged = False


def exchange(address, request, lose=False):
    """One connection, one request: (status, body).  Gone when no whole answer came."""
    try:
        with socket.create_connection(address, timeout=REPLY_S) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(request)
            reply = b""
            while not lose and not whole(reply):
                part = sock.recv(65536)
                if not part:
                    break
                reply += part
    except OSError:
        raise Gone from None
    if not whole(reply):
        raise Gone
    head, _, body = reply.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body


class Writer(threading.Thread):
    """Writes into its talks until the server is gone; retry() then finishes what is unknown."""
    numbers = itertools.count(1)

    def __init__(self, client, cids, seed):
        super().__init__(daemon=True)
        self.client, self.cids, self.random = client.copy(), cids, random.Random(seed)
        self.root = client.root
        self.posts, self.again, self.error = [], 0, None

    # ---- while the server lives -------------------------------------------------
    def run(self):
        try:
            while True:
                post = self.write(self.random.choice(self.cids))
                if self.random.random() < LOST:
                    self.lose(post)
                    self.send_again(post)
                else:
                    self.send(post)
        except Gone:
            pass
        except Exception as error:           # told by the round
            self.error = error
        finally:
            self.client.close()

    def write(self, cid):
        """Fetches the form and fills it in."""
        client = self.client
        try:
            client.page = client.request("GET", self.root + cid, check=False)
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        if client.page.status != 200:        # it is stopping
            raise Gone
        text = f"{next(self.numbers)}." + "纸" * self.random.choice((0, 3, 40, 400))
        form = message_form(client)
        body = client.encode(form.filled({"m": text}))
        post = Post(cid, text, client._head("POST", client.resolve(form.action), body, None))
        self.posts.append(post)
        return post

    def lose(self, post):
        try:
            exchange(self.address, post.request, lose=True)
        except Gone:
            pass

    def send(self, post):
        status, body = exchange(self.address, post.request)
        if status == 303 or status == 200 and T("resend.sent") in body.decode():
            post.acknowledged = True
        elif status != 503:                  # 503: the text came back, it is stopping
            raise AssertionError(f"{status} to {post.text[:20]}: {body.decode()}")

    def send_again(self, post):
        """The same bytes; sometimes on two lines at once."""
        self.again += 1
        twin = threading.Thread(target=self.send_quietly, args=(post,), daemon=True)
        if self.random.random() < TWICE:
            twin.start()
        self.send(post)
        if twin.ident:
            twin.join()

    def send_quietly(self, post):
        try:
            self.send(post)
        except Gone:
            pass

    @property
    def address(self):
        return self.client.server.host, self.client.server.port

    # ---- after it has come back ---------------------------------------------------
    def retry(self):
        for post in self.posts:
            if not post.acknowledged:
                self.send_again(post)
