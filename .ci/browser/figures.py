"""Measures the pages: the list of 1,000 stations, and the first page as a browser gets it.

    figures.py OCPP

For the release build on an otherwise idle machine. All 1,000 stations are added and have connected once.
"""

import http.client
import json
import statistics
import subprocess
import sys
import time
import urllib.request

from manager import Manager

STATIONS = 1000
ASKED = 50


def fill(manager):
    for number in range(1, STATIONS + 1):
        body = json.dumps({"id": f"S-{number}", "name": f"Station {number}"}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"figures-{number}"}
        urllib.request.urlopen(urllib.request.Request(f"{manager.pages_at}/api/v1/stations", body, headers)).read()
    command = [manager.ocpp, "emulate", "--url", manager.stations_at.rstrip("/"), "--id", "S", "--speed", "100"]
    command += ["--stations", str(STATIONS), "--sessions", "1", "--minutes", "1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Asker:
    def __init__(self, manager):
        self.line = http.client.HTTPConnection(manager.pages_at.removeprefix("http://"))

    def ask(self, path, encoding):
        begun = time.perf_counter()
        self.line.request("GET", path, headers={"Accept-Encoding": encoding})
        answer = self.line.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"
        return (time.perf_counter() - begun) * 1000, len(body)

    def median_ms(self, path):
        self.ask(path, "identity")
        return statistics.median(self.ask(path, "identity")[0] for _ in range(ASKED))

    def size(self, *paths):
        return sum(self.ask(path, "gzip")[1] for path in paths)


def main(ocpp):
    manager = Manager(ocpp, "--open")
    try:
        fill(manager)
        asker = Asker(manager)
        print(f"list of {STATIONS} stations:                    {asker.median_ms('/stations'):.1f} ms, median of {ASKED}")
        first = asker.size("/", "/static/style.css", "/static/live.js", "/static/icon.svg")
        print(f"first page with all it loads, 500 stations: {first / 1000:.1f} kB compressed")
    finally:
        manager.stop()


main(sys.argv[1])
