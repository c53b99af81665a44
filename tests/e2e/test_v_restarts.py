"""Restarts under those who wait: 200 held clients of five talks in one event loop, writers
all the while, twenty restarts of which some are kills.  Who waits is answered by each
clean stop, and everybody sees every message exactly once."""
import asyncio
import json
import re
import signal

from people import pair, somebody_else, texts

TALKS, SESSIONS, TABS = 5, 20, 2       # of each talk; a browser's session may hold two
RESTARTS, KILLS = 20, (6, 13, 19)
BETWEEN = 10                           # messages acknowledged between two restarts
PACE_S = 0.02                          # of a writer, so that pages hold what is new


class Line:
    """One keep-alive connection of a client that takes JSON."""

    def __init__(self, client):
        self.client, self.reader, self.writer = client, None, None

    async def ask(self, method, href, fields=None):
        """(status, object); ConnectionError when the server is gone."""
        client = self.client
        body = client.encode(fields) if fields is not None else None
        data = client._head(method, client.root + href.removeprefix("./"), body,
                            {"Accept": "application/json"})
        try:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(client.server.host,
                                                                         client.server.port)
            self.writer.write(data)
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?i)content-length: (\d+)", head)
            content = await self.reader.readexactly(int(length.group(1)) if length else 0)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise ConnectionError(str(error)) from None
        if re.search(r"(?i)\nconnection: close", head):
            self.close()
        return int(head.split()[1]), json.loads(content) if content else {}

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


class Test:
    def __init__(self, server):
        self.server = server
        self.up, self.stopping = asyncio.Event(), False
        self.acknowledged = 0
        self.up.set()


class Reader:
    """Follows the link to wait of every page it gets."""

    def __init__(self, test, client, cid):
        self.test, self.line, self.cid = test, Line(client), cid
        self.seen, self.asks, self.cut, self.answers = [], False, 0, 0

    async def run(self):
        href = self.cid
        while True:
            await self.test.up.wait()
            try:
                self.asks = True
                status, page = await self.line.ask("GET", href)
                self.asks = False
                assert status == 200 and page["page"] == "conversation", (status, page)
                self.answers += 1
                await self.take(page)
                href = page["wait"]
            except ConnectionError:
                self.asks = False
                self.cut += 1
            if self.test.stopping:
                self.test.up.clear()

    async def take(self, page):
        """What is new since the last page, whatever lies between."""
        fresh = self.fresh(page)
        while fresh and fresh[-1]["seq"] > len(self.seen) + 1:
            status, older = await self.line.ask("GET", page["older"])
            assert status == 200
            page = older
            fresh += [line for line in self.fresh(page) if line["seq"] < fresh[-1]["seq"]]
        for line in reversed(fresh):
            assert line["seq"] == len(self.seen) + 1, "one after the other"
            self.seen.append("".join(part.get("text", "") for part in line["parts"]))

    def fresh(self, page):
        return [line for line in page.get("lines", []) if line["seq"] > len(self.seen)]


class Writer:
    """Sends one text after the other, each until it is acknowledged, under the same key."""

    def __init__(self, test, client, cid):
        self.test, self.line, self.cid = test, Line(client), cid
        self.sent, self.over = [], False

    async def until_done(self, method, href, fields=None):
        while True:
            await self.test.up.wait()
            try:
                status, page = await self.line.ask(method, href, fields)
                if status < 500:
                    return status, page
            except ConnectionError:
                pass
            await asyncio.sleep(PACE_S)

    async def run(self):
        while not self.over:
            _, page = await self.until_done("GET", self.cid + "?v=form")
            text = f"{self.cid} number {len(self.sent) + 1}."
            status, page = await self.until_done("POST", self.cid, [
                ("m", text), ("k", page["key"]), ("e", "中")])
            assert status == 303 or page.get("why") == "sent", (status, page)
            self.sent.append(text)
            self.test.acknowledged += 1
            await asyncio.sleep(PACE_S)


async def until(what, condition):
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within a minute: {what}")


async def restart(test, readers, kill):
    server, loop = test.server, asyncio.get_running_loop()
    goal = test.acknowledged + BETWEEN
    await until("messages between restarts", lambda: test.acknowledged >= goal)
    await until("everybody waits", lambda: all(r.asks for r in readers))
    before = [(r.answers, r.cut) for r in readers]
    test.stopping = True
    server.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
    code = await loop.run_in_executor(None, server.process.wait)
    server.process.stdout.close()
    await until("all are answered or cut", lambda: not any(r.asks for r in readers))
    test.up.clear()
    if not kill:
        assert code == 0, server.stderr()
        for reader, (answers, cut) in zip(readers, before):
            assert reader.cut == cut and reader.answers > answers, "answered by the stop, not cut"
    test.stopping = False
    await loop.run_in_executor(None, server.restart)
    test.up.set()


async def go(server, places):
    test = Test(server)
    readers = [Reader(test, client, cid) for clients, cid in places
               for client in clients for _ in range(TABS)]
    writers = [Writer(test, clients[0], cid) for clients, cid in places]
    tasks = [asyncio.create_task(one.run()) for one in readers + writers]

    def failed():
        for task in tasks:
            if task.done() and task.exception():
                raise task.exception()
        return False
    for n in range(RESTARTS):
        failed()
        await restart(test, readers, n + 1 in KILLS)
    for writer in writers:
        writer.over = True
    await asyncio.gather(*tasks[len(readers):])
    told = {writer.cid: writer.sent for writer in writers}
    await until("all have seen all", lambda: failed() or all(
        len(reader.seen) >= len(told[reader.cid]) for reader in readers))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return readers, told


def test_nothing_is_lost_or_doubled_over_twenty_restarts(serve):
    server = serve(hold_s=50, threads=4, pw_threads=2)
    places = []
    for _ in range(TALKS):
        one, other, cid = pair(server)
        clients = [one] + [somebody_else(one) for _ in range(SESSIONS // 2 - 1)] + \
            [other] + [somebody_else(other) for _ in range(SESSIONS // 2 - 1)]
        for client in clients:
            client.close()
        places.append((clients, cid))
    readers, told = asyncio.run(go(server, places))
    assert len(readers) == 200
    for (clients, cid) in places:
        stored = list(reversed(texts(clients[0], cid)))
        assert stored == told[cid], "what was acknowledged, each once and in order"
        assert len(stored) >= RESTARTS
        for reader in readers:
            if reader.cid == cid:
                assert reader.seen == stored
