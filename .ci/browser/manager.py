"""A manager and emulated stations as processes, with what they print."""

import subprocess
import tempfile
import threading
import time


class Manager:
    """`ocpp serve` on ports of its own, in a directory of its own."""

    def __init__(self, ocpp, *more):
        self.ocpp = ocpp
        self.data = tempfile.TemporaryDirectory()
        listen = ["--ocpp-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [ocpp, "serve", "--data", self.data.name, *listen, *more],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = []
        self.stations_at = self._line("Charging stations dial").split()[-1].replace("<identity>", "")
        self.pages_at = self._line("Live page").split()[-1].rstrip("/")
        threading.Thread(target=self._drain, daemon=True).start()

    def _line(self, start):
        while True:
            line = self.process.stderr.readline()
            if not line:
                raise SystemExit("the manager ended: " + "".join(self.lines))
            self.lines.append(line)
            if line.startswith(start):
                return line

    def _drain(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def setup_link(self):
        """The link of the first start, as it is printed."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if "/setup/" in line:
                    return line.strip().split()[-1]
            time.sleep(0.05)
        raise SystemExit("no setup link was printed: " + "".join(self.lines))

    def station(self, identity, *more):
        """`ocpp emulate` of one station."""
        url = self.stations_at.rstrip("/")
        return subprocess.Popen(
            [self.ocpp, "emulate", "--url", url, "--id", identity, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.data.cleanup()
