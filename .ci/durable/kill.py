#!/usr/bin/env python3
"""What was acknowledged is in the database once, however often the manager is killed.

    kill.py PATH_TO_OCPP [KILLS]

Stations of two versions start sessions, send meter values and end them as fast as they are answered, and
write down each acknowledgement. The manager is killed (SIGKILL) at a random moment, started again, and so
on. In the end every acknowledged session and meter value has to be in the database, each once, and nothing
may be there that was never sent.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone

from station import Gone, Station

PORT, HTTP = 19743, 19744
STATIONS = 12
STEPS = 5
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Driver(threading.Thread):
    """A station that goes through sessions and keeps what is not acknowledged, as real ones do."""

    def __init__(self, number, stop):
        super().__init__(daemon=True)
        self.identity = f"KILL-{number}"
        self.is_16 = number % 2 == 0
        self.stop = stop
        self.step = 0
        self.session = 0
        self.transaction = None
        self.acknowledged = []  # (session, step)
        self.sent = set()
        self.failure = None

    def run(self):
        try:
            while not self.stop.is_set():
                try:
                    station = Station(PORT, self.identity, "ocpp1.6" if self.is_16 else "ocpp2.0.1")
                    self.talk(station)
                except Gone:
                    time.sleep(0.02)
        except Exception as error:  # The thread's end must not pass unseen.
            self.failure = f"{self.identity}: {error!r}"

    def talk(self, station):
        while not self.stop.is_set():
            key = (self.session, self.step)
            self.sent.add(key)
            if self.is_16:
                self.say_16(station)
            else:
                self.say_2x(station)
            self.acknowledged.append(key)
            self.step += 1
            if self.step > STEPS:
                self.step, self.session, self.transaction = 0, self.session + 1, None
        station.close()

    def at(self):
        moment = EPOCH + timedelta(minutes=self.session * 10 + self.step)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def wh(self):
        return self.session * 1000 + self.step * 100

    def say_2x(self, station):
        kind = "Started" if self.step == 0 else "Ended" if self.step == STEPS else "Updated"
        sample = {"value": self.wh(), "measurand": "Energy.Active.Import.Register"}
        station.call("TransactionEvent", {
            "eventType": kind,
            "timestamp": self.at(),
            "triggerReason": "MeterValuePeriodic",
            "seqNo": self.step,
            "transactionInfo": {"transactionId": f"{self.identity}-{self.session}"},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [{"timestamp": self.at(), "sampledValue": [sample]}],
        })

    def say_16(self, station):
        if self.step == 0:
            answer = station.call("StartTransaction", {
                "connectorId": 1, "idTag": "KILL", "meterStart": self.wh(), "timestamp": self.at(),
            })
            self.transaction = answer["transactionId"]
        elif self.step == STEPS:
            station.call("StopTransaction", {
                "transactionId": self.transaction, "meterStop": self.wh(), "timestamp": self.at(),
            })
        else:
            station.call("MeterValues", {
                "connectorId": 1,
                "transactionId": self.transaction,
                "meterValue": [{"timestamp": self.at(), "sampledValue": [{"value": str(self.wh())}]}],
            })


def serve(ocpp, data, **options):
    manager = subprocess.Popen(
        [ocpp, "serve", "--open", "--data", data, "--ocpp-listen", f"127.0.0.1:{PORT}",
         "--http-listen", f"127.0.0.1:{HTTP}"],
        stderr=subprocess.DEVNULL,
        **options,
    )
    for _ in range(500):
        try:
            Station(PORT, "PROBE", "ocpp1.6").close()
            return manager
        except Gone:
            if manager.poll() is not None:
                sys.exit(f"FAIL  the manager does not start again: exit code {manager.returncode}")
            time.sleep(0.01)
    sys.exit("FAIL  the manager does not listen")


def check(database, drivers):
    db = sqlite3.connect(database)
    wrong = []
    acknowledged = 0
    for driver in drivers:
        kept = {}
        rows = db.execute(
            "SELECT started_at, key, status, meter_last_wh FROM sessions WHERE station = ?", (driver.identity,)
        )
        for started, key, status, last in rows:
            number = round((started / 1e6 - EPOCH.timestamp()) / 600)
            if number in kept:
                wrong.append(f"{driver.identity}: session {number} is there twice")
            contents = db.execute("SELECT content FROM reports WHERE session = ?", (key,)).fetchall()
            values = [value for (content,) in contents for value in json.loads(content)]
            times = [
                datetime.fromisoformat(reading["at"].replace("Z", "+00:00"))
                for _, state, reading in values
                if state is None
            ]
            kept[number] = (status, last, [round((at - EPOCH).total_seconds() / 60) % 10 for at in times])
        for number, (status, _, steps) in kept.items():
            for step in set(steps):
                if steps.count(step) > 1:
                    wrong.append(f"{driver.identity}: step {step} of session {number} is there {steps.count(step)} times")
                if (number, step) not in driver.sent:
                    wrong.append(f"{driver.identity}: step {step} of session {number} was never sent")
        for number, step in driver.acknowledged:
            acknowledged += 1
            status, _, steps = kept.get(number, (None, None, []))
            if step not in steps:
                wrong.append(f"{driver.identity}: step {step} of session {number} was acknowledged and is gone")
            if step == STEPS and status != "completed":
                wrong.append(f"{driver.identity}: the end of session {number} was acknowledged and is gone")
    return acknowledged, wrong


def main(ocpp, kills):
    work = tempfile.mkdtemp(prefix="ocpp-kill.")
    data = os.path.join(work, "data")
    seed = int.from_bytes(os.urandom(4), "big")
    dice = random.Random(seed)
    print(f"seed {seed}")
    manager = serve(ocpp, data)
    stop = threading.Event()
    drivers = [Driver(number, stop) for number in range(STATIONS)]
    for driver in drivers:
        driver.start()
    for number in range(kills):
        time.sleep(dice.uniform(0.02, 0.4))
        manager.send_signal(signal.SIGKILL)
        manager.wait()
        manager = serve(ocpp, data)
        if number % 50 == 49:
            print(f"      {number + 1} kills, {sum(len(driver.acknowledged) for driver in drivers)} acknowledged")
    time.sleep(0.3)
    stop.set()
    for driver in drivers:
        driver.join(timeout=15)
    manager.send_signal(signal.SIGKILL)
    manager.wait()
    failures = [driver.failure for driver in drivers if driver.failure]
    acknowledged, wrong = check(os.path.join(data, "ocpp.db"), drivers)
    if failures or wrong or acknowledged < kills:
        for line in (failures + wrong)[:20]:
            print(f"      {line}")
        sys.exit(f"FAIL  after {kills} kills: {len(wrong)} wrong of {acknowledged} acknowledged (kept in {work})")
    print(f"ok    {acknowledged} acknowledged events of {STATIONS} stations are there once after {kills} kills")
    shutil.rmtree(work)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200)
