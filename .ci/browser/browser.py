"""Headless Chromium, and what it asked for and complained about."""

import json
import time
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

PATIENCE_S = 20


class Browser:
    def __init__(self, base):
        self.base = base
        options = webdriver.ChromeOptions()
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.size(1280, 900)

    def size(self, width, height):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def open(self, path):
        self.driver.get(path if path.startswith("http") else self.base + path)

    @property
    def path(self):
        return urlsplit(self.driver.current_url).path

    def find(self, css):
        """The first element of a selector, as soon as there is one."""
        return self.until(lambda: next(iter(self.driver.find_elements(By.CSS_SELECTOR, css)), None), css)

    def text(self, css="main"):
        return self.until(lambda: self._text_of(css), css)

    def _text_of(self, css):
        return self.driver.execute_script(
            "return document.querySelector(arguments[0])?.innerText ?? null", css
        )

    def sees(self, words, css="main"):
        """Waits until words stand on the page."""
        self.until(lambda: words in (self._text_of(css) or ""), f"{words!r} in {css}")

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}, at {self.driver.current_url}:\n{self._text_of('body')}")

    def fill(self, **fields):
        """Fills fields by their names; __ stands for /."""
        for name, value in fields.items():
            element = self.find(f'[name="{name.replace("__", "/")}"]')
            if element.tag_name == "select":
                Select(element).select_by_visible_text(value)
            elif element.get_attribute("type") == "time":
                # Keys mean what the browser's language makes of them.
                self.driver.execute_script("arguments[0].value = arguments[1]", element, value)
            else:
                element.clear()
                element.send_keys(value)

    def press(self, label, css="button, .button, summary, a"):
        """Clicks what has this label, and waits for the page that follows."""
        def labelled():
            for element in self.driver.find_elements(By.CSS_SELECTOR, css):
                if element.text.strip() == label and element.is_displayed():
                    return element
            return None

        self.until(labelled, f"a button {label!r}").click()

    def press_radio(self, value):
        self.find(f'input[type=radio][value="{value}"]').click()

    def complaints(self, expected):
        """Errors of the console: those about answers whose refusal is what is tested, and all others."""
        errors = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return (
            [error for error in errors if any(path in error for path in expected)],
            [error for error in errors if not any(path in error for path in expected)],
        )

    def hosts_asked(self):
        """Every host that a request went to."""
        hosts = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = urlsplit(message["params"]["request"]["url"])
                if url.scheme in ("http", "https", "ws", "wss"):
                    hosts.add(url.netloc)
        return hosts

    def cookie(self, name):
        return self.driver.get_cookie(name)
