"""Chromium with scripts off, driven by WebDriver (which needs none of the page's own)."""
import json
import os
import shutil
import tempfile

from kannel import need
from zt import ROOT, wait_until

SHOTS = os.path.join(ROOT, "build", "shots")


class Chromium:
    def __init__(self, size=(800, 700), dark=False, strategy="normal"):
        need({"/usr/bin/chromium": "chromium", "/usr/bin/chromedriver": "chromium-driver"})
        try:
            from selenium import webdriver
            from selenium.webdriver.chrome.service import Service
        except ImportError:
            raise AssertionError("apt install python3-selenium") from None
        self.profile = tempfile.mkdtemp(prefix="zt.chromium.")
        os.mkdir(os.path.join(self.profile, "Default"))
        # Never --blink-settings=scriptEnabled=false: facts/clients.md section 5.
        with open(os.path.join(self.profile, "Default", "Preferences"), "w") as f:
            json.dump({"profile": {"default_content_setting_values": {"javascript": 2}}}, f)
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--lang=en", f"--user-data-dir={self.profile}",
                     f"--window-size={size[0]},{size[1]}", "--disable-background-networking",
                     "--disable-component-update", "--no-first-run"):
            options.add_argument(flag)
        if dark:
            options.add_argument("--force-dark-mode")
        options.set_capability("pageLoadStrategy", strategy)
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(60)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def forget(self):
        """Cookies know no ports: those of another test's server would be sent to this one's."""
        self.driver.switch_to.new_window("tab")
        fresh = self.driver.current_window_handle
        for handle in self.driver.window_handles:
            if handle != fresh:
                self.driver.switch_to.window(handle)
                self.driver.close()
        self.driver.switch_to.window(fresh)
        for command in ("Network.clearBrowserCookies", "Network.clearBrowserCache"):
            self.driver.execute_cdp_cmd(command, {})

    # ---- a person ------------------------------------------------------------
    def open(self, url):
        self.driver.get(url)

    @property
    def words(self):
        return self.driver.find_element("tag name", "body").text

    @property
    def frame_words(self):
        """What stands in the frames, read from outside: WebDriver itself would wait until they
        have loaded, which one that is held does only when there is news."""
        document = self.driver.execute_cdp_cmd("DOM.getDocument", {"depth": -1, "pierce": True})
        out = []

        def read(node, inside):
            if inside and node["nodeName"] == "#text":
                out.append(node["nodeValue"])
            for child in node.get("children", []):
                if child["nodeName"] != "HEAD":
                    read(child, inside)
            if "contentDocument" in node:
                read(node["contentDocument"], True)
        read(document["root"], False)
        return " ".join(out)

    def follow_in_frame(self, text):
        """A click on a link in a frame that has loaded: where it leads may then be held."""
        point = self.place_in_frame(text)
        for kind in ("mousePressed", "mouseReleased"):
            self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {
                "type": kind, "x": point[0], "y": point[1], "button": "left", "clickCount": 1})

    def place_of(self, text):
        """How far down in a frame the line with this text stands."""
        return self.place_in_frame(text, "LI")[1]

    def place_in_frame(self, text, element="A"):
        """The middle of the link, or another element, that says so, on the screen."""
        document = self.driver.execute_cdp_cmd("DOM.getDocument", {"depth": -1, "pierce": True})
        frame = self.driver.find_element("tag name", "iframe").rect
        found = []

        def look(node):
            words = "".join(c.get("nodeValue", "") for c in node.get("children", []))
            if node["nodeName"] == element and text in words:
                found.append(node["nodeId"])
            for child in node.get("children", []):
                look(child)
            if "contentDocument" in node:
                look(node["contentDocument"])
        look(document["root"])
        assert found, f"no {element} {text!r} in {self.frame_words}"
        quad = self.driver.execute_cdp_cmd("DOM.getContentQuads", {"nodeId": found[0]})["quads"][0]
        x, y = sum(quad[0::2]) / 4, sum(quad[1::2]) / 4
        assert x > frame["x"] and y > frame["y"], "in the coordinates of the page"
        return x, y

    @property
    def source(self):
        return self.driver.page_source

    def all(self, css):
        return self.driver.find_elements("css selector", css)

    def one(self, css):
        found = self.all(css)
        assert found, f"no {css}\n{self.words}"
        return found[0]

    def wait_one(self, css):
        wait_until(css, lambda: self.all(css))
        return self.one(css)

    def follow(self, css):
        self.one(css).click()

    def fill(self, css, text):
        box = self.one(css)
        box.clear()
        box.send_keys(text)

    def submit(self, action, do=None):
        """Presses the button of the form that goes to `action`."""
        for form in self.all(f"form[action$='{action}']"):
            if do and not form.find_elements("css selector", f"input[name=do][value={do}]"):
                continue
            form.find_element("css selector", "[type=submit], button").click()
            return
        raise AssertionError(f"no form to {action} do={do}\n{self.source[:3000]}")

    def wait(self, text, deadline_s=30):
        def seen():
            try:
                return text in self.words or text in self.frame_words
            except Exception:                        # between two pages
                return False
        wait_until(f"{text!r} on the page or in a frame", seen, deadline_s)

    def shot(self, name):
        os.makedirs(SHOTS, exist_ok=True)
        self.driver.save_screenshot(os.path.join(SHOTS, name + ".png"))

    def resize(self, columns, rows):
        """The window of this size exactly; headless windows are never narrower than 500."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": columns, "height": rows, "deviceScaleFactor": 1, "mobile": False})

    def wider_than_screen(self):
        """By how many pixels the page scrolls sideways (measured by the driver, not the page)."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})
        return size["cssContentSize"]["width"] - size["cssLayoutViewport"]["clientWidth"]
