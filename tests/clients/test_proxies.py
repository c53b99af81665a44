"""Live pages behind nginx and squid: held ones come through all of them; a page without end only
where the proxy passes its pieces on, and where not this is noticed; a line that cuts holds gets
timed pages."""
import people
import pytest
import zt
from chromium import Chromium
from proxies import Nginx, Squid
from test_live import in_a_stream, in_a_talk, typed
from textbrowsers import Elinks
from textwalk import register, url
from words import T

FLOWS = "proxy_http_version 1.1; proxy_buffering off;"
GATHERS = "proxy_http_version 1.1; proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"
PROXIES = {"nginx": (Nginx, ""), "nginx-1.1": (Nginx, FLOWS), "nginx-gathers": (Nginx, GATHERS),
           "squid": (Squid, "")}


@pytest.fixture(scope="module")
def chromium():
    one = Chromium(strategy="none")
    yield one
    one.close()


@pytest.fixture
def browser(chromium):
    chromium.forget()
    return chromium


@pytest.fixture
def behind(serve):
    """behind(proxy, directives, option=value…): a server with a proxy before it."""
    running = []

    def start(kind, directives="", **options):
        server = serve(**options)
        running.append(kind(server, directives))
        return server, running[-1]
    yield start
    for proxy in running:
        proxy.close()


class Front:
    """What a test takes for the server: the proxy's address, the server's everything else."""

    def __init__(self, server, proxy):
        self.server, self.host, self.port = server, proxy.host, proxy.port

    def __getattr__(self, name):
        return getattr(self.server, name)


@pytest.mark.parametrize("proxy", PROXIES)
def test_held_pages_come_through(browser, behind, proxy):
    server, front = behind(*PROXIES[proxy], hold_s=50)
    friend, cid = in_a_talk(browser, Front(server, front))
    browser.one("textarea[name=m]").send_keys("half typed")
    for n in range(3):
        people.say(friend, cid, f"news {n}")
        browser.wait(f"news {n}")
        server.wait_held()
    assert typed(browser) == "half typed"


@pytest.mark.parametrize("proxy", ["nginx", "squid"])
def test_elinks_behind_a_proxy(behind, proxy):
    server, front = behind(*PROXIES[proxy], hold_s=50)
    browser = Elinks(url(Front(server, front)))
    try:
        register(browser)
        server.wait_held()
        friend = people.somebody(server, name="friend-of-mine")
        people.ask(friend, "terminal-person")
        browser.wait(T("friends.requests"))
        browser.wait("friend-of-mine")
    finally:
        browser.close()


@pytest.mark.parametrize("proxy", ["nginx-1.1", "squid"])
def test_a_stream_through_a_proxy_that_passes_it_on(browser, behind, proxy):
    server, front = behind(*PROXIES[proxy], stream_s=3600)
    friend, cid = in_a_stream(browser, Front(server, front))
    server.advance(5000)                 # the question of the first piece was answered
    for n in range(3):
        people.say(friend, cid, f"news {n}")
        browser.wait(f"news {n}")
    browser.open(url(front, cid))
    assert "v=stream" in browser.wait_one("iframe").get_attribute("src"), "it goes on so"


def test_a_proxy_that_gathers_is_noticed(browser, behind):
    """The picture in the first piece is asked for together with the end: held pages from then on."""
    server, front = behind(*PROXIES["nginx-gathers"], hold_s=50)
    friend, cid = in_a_stream(browser, Front(server, front))
    people.say(friend, cid, "by a held page")
    browser.wait("by a held page")
    browser.open(url(front, cid))
    assert "v=log" in browser.wait_one("iframe").get_attribute("src")


def test_a_line_that_cuts_holds_gets_timed_pages(browser, behind):
    """After 2 s nginx answers in our place; a person mends it twice."""
    server, front = behind(Nginx, "proxy_read_timeout 2s;", hold_s=50)
    friend, cid = in_a_talk(browser, Front(server, front))
    browser.one("textarea[name=m]").send_keys("kept through it")
    for _ in range(2):
        browser.wait("504 Gateway Time-out")
        zt.wait_until("the hold is over", lambda: server.held() == 0)
        browser.follow("a[target=log]")
        browser.wait(T("nav.pause"))
    people.say(friend, cid, "seen after some seconds")
    browser.wait("seen after some seconds", 60)
    assert server.held() == 0 and "504" not in browser.frame_words
    assert typed(browser) == "kept through it"


def test_a_proxy_that_goes_away_is_mended_by_the_link_outside(browser, behind):
    server, front = behind(Nginx, hold_s=50)
    friend, cid = in_a_talk(browser, Front(server, front))
    browser.one("textarea[name=m]").send_keys("kept through it")
    front.process.terminate()
    front.process.wait(20)
    zt.wait_until("the hold is over", lambda: server.held() == 0)
    front.start()
    browser.follow("a[target=log]")
    server.wait_held()
    people.say(friend, cid, "through it again")
    browser.wait("through it again")
    assert typed(browser) == "kept through it"
