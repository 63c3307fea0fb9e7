"""A Countersign for checks that ask a running one."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
PATIENCE = 30


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def until(what, ask):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"in vain: {what}")


def fetch(request):
    # All is on this machine, whatever proxy is configured.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(request, timeout=PATIENCE)


class Service:
    """A Countersign on a free port, with nothing from outside in its configuration, and only these settings."""

    binary = TARGET / "debug/countersign"

    def __init__(self, folder, settings):
        self.folder = folder
        self.log = folder / "countersign.log"
        self.settings = {
            "COUNTERSIGN__SERVER__LISTEN": "127.0.0.1:0",
            "COUNTERSIGN__LOG__DIRECTORY": "",
            "COUNTERSIGN__LOG__FORMAT": "json",
        } | settings
        self.log.write_text("", encoding="utf-8")
        self.start()

    def start(self):
        """Starts it, also again. Its log goes on, without a line that a kill left unfinished."""
        text = self.log.read_bytes()
        os.truncate(self.log, text.rfind(b"\n") + 1)
        self.begun = len(self.lines())
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve"], cwd=self.folder, env=self.settings, stdout=log, stderr=subprocess.STDOUT
            )
        self.url = until("Countersign starts", self.ready)

    def ready(self):
        expect(self.process.poll() is None, self.log.read_text(encoding="utf-8"))
        lines = self.lines()[self.begun :]
        return next((line["url"] for line in lines if line["message"] == "Countersign is ready"), None)

    def lines(self):
        """What it has logged."""
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def post(self, path, body):
        request = urllib.request.Request(
            self.url + "/api/v1" + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with fetch(request) as answer:
            return answer.status

    def stop(self):
        """Ends it in order, and looks for defects that no answer shows, such as in what happens behind them."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=PATIENCE)
        expect(status == 0, f"Countersign ended with {status}")
        errors = [line for line in self.lines() if line["level"] == "ERROR"]
        expect(not errors, f"Countersign logged {len(errors)} errors, the first: {errors[:1]}")

    def kill(self):
        self.process.kill()
        self.process.wait()
