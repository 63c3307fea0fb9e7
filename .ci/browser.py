"""What the checks of pages in a real browser share: a Chromium, and the way to drive it."""

import argparse
import base64
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import websocket
except ImportError:
    websocket = None

from service import PATIENCE, ROOT, Service, expect, fetch, until


class Browser:
    """A tab of Chromium, by the DevTools protocol."""

    def __init__(self, chromium, folder):
        # No sandbox: it is not to be had in most containers, and nothing foreign is opened.
        self.process = subprocess.Popen(
            [
                chromium,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--no-proxy-server",
                "--remote-debugging-port=0",
                f"--user-data-dir={folder}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        place = folder / "DevToolsActivePort"
        port = until("Chromium starts", lambda: place.exists() and place.read_text().split("\n")[0])

        def tab():
            with fetch(f"http://127.0.0.1:{port}/json/list") as answer:
                return [it for it in json.load(answer) if it["type"] == "page"]

        socket = until("a tab opens", tab)[0]["webSocketDebuggerUrl"]
        self.socket = websocket.create_connection(
            socket, timeout=PATIENCE, suppress_origin=True, http_no_proxy=["127.0.0.1"]
        )
        self.ids = itertools.count(1)
        self.loaded = False
        self.status = None
        self.complaints = []
        self.requests = []
        self.workers = []
        for domain in ["Page", "Network", "Log", "Runtime", "Accessibility"]:
            self.do(f"{domain}.enable")
        # What a worker does is seen as well.
        self.do("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def send(self, method, session=None, **params):
        message = {"id": next(self.ids), "method": method, "params": params}
        self.socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        return message["id"]

    def do(self, method, **params):
        number = self.send(method, **params)
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                expect("error" not in message, f"{method}: {message.get('error')}")
                return message["result"]
            self.note(message)

    def note(self, message):
        params = message.get("params", {})
        match message.get("method"):
            case "Target.attachedToTarget":
                self.workers.append(params["targetInfo"]["type"])
                for domain in ["Network", "Log", "Runtime"]:
                    self.send(f"{domain}.enable", params["sessionId"])
            case "Page.loadEventFired":
                self.loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Network.loadingFailed":
                self.complaints.append(json.dumps(params))
            case "Network.responseReceived" if params["type"] == "Document":
                self.status = params["response"]["status"]
            case "Log.entryAdded":
                # A refusal by its status is no complaint, nor is advice: it would have the form name the
                # account, but the page asks nobody whose link it is before the form is sent.
                entry = params["entry"]
                is_refusal = "Failed to load resource: the server responded" in entry["text"]
                if entry["level"] != "verbose" and not is_refusal:
                    self.complaints.append(entry["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params))

    def is_content(self):
        expect(self.complaints == [], f"the browser complains: {self.complaints}")

    def load(self, begin, status):
        """Does what makes the browser load a page, and waits for it."""
        self.loaded = False
        self.status = None
        self.requests.clear()
        begin()
        deadline = time.monotonic() + PATIENCE
        while not self.loaded:
            expect(time.monotonic() < deadline, "no page is loaded")
            self.note(json.loads(self.socket.recv()))
        expect(self.status == status, f"{self.status} instead of {status}")
        self.is_content()
        fetched = [it for it in self.requests if not it.startswith(("data:", "blob:"))]
        expect(len(fetched) == 1, f"more than the page is fetched: {fetched}")

    def open(self, url, status=200):
        self.load(lambda: self.do("Page.navigate", url=url), status)

    def key(self, key, text=None):
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        key = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        if text:
            self.do("Input.dispatchKeyEvent", type="keyDown", text=text, **key)
        else:
            self.do("Input.dispatchKeyEvent", type="rawKeyDown", **key)
        self.do("Input.dispatchKeyEvent", type="keyUp", **key)

    def type(self, text):
        self.do("Input.insertText", text=text)

    def ask(self, expression):
        answer = self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        expect("exceptionDetails" not in answer, f"{expression}: {answer}")
        return answer["result"].get("value")

    def tree(self):
        """What a screen reader is told: roles, names, descriptions."""
        nodes = self.do("Accessibility.getFullAXTree")["nodes"]
        told = []
        for node in nodes:
            if node.get("ignored"):
                continue
            value = lambda name: node.get(name, {}).get("value", "")
            properties = {it["name"]: it["value"].get("value") for it in node["properties"]}
            told.append((value("role"), value("name"), value("description"), properties))
        return told

    def named(self, role):
        return [(name, about, more) for it, name, about, more in self.tree() if it == role]

    def focused(self):
        found = [it[:2] for it in self.tree() if it[3].get("focused") and it[0] != "RootWebArea"]
        return found[0] if found else None

    def picture(self, file, whole=True):
        """Of the whole page, or of what is seen of it."""
        taken = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(taken["data"]))

    def see_as(self, width, scheme, language):
        height = 568 if width < 700 else 800
        self.do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 700,
        )
        scheme = [{"name": "prefers-color-scheme", "value": scheme}]
        self.do("Emulation.setEmulatedMedia", features=scheme)
        self.do("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})


def hold(what, about, check):
    """Calls `check` with a service, a browser and the folder for pictures, if any are wanted."""

    def skip(why):
        print(f"SKIPPED: {what} were NOT checked in a browser: {why}", file=sys.stderr)
        sys.exit(0)

    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--screenshots", type=pathlib.Path, metavar="FOLDER")
    pictures = parser.parse_args().screenshots
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        skip("Chromium is missing")
    if not websocket:
        # Unlike a browser, .ci/run can install it everywhere.
        expect(os.environ.get("CI") != "true", "the Python package websocket-client is missing")
        skip("the Python package websocket-client is missing")
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--bin", "countersign"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="countersign-pages.", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        (folder / "service").mkdir()
        service = browser = None
        try:
            service = Service(folder / "service", {"COUNTERSIGN__RATE_LIMIT__ENABLED": "false"})
            browser = Browser(chromium, folder / "browser")
            check(service, browser, pictures)
        except BaseException:
            if browser and pictures:
                browser.picture(pictures / "failed.png", whole=False)
            raise
        finally:
            for started in [browser, service]:
                if started:
                    started.process.kill()
                    started.process.wait()
    print(f"In a browser, {what} do as they should")
