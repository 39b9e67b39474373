#!/usr/bin/env python3
"""No answer leaves before the flush that covers it: seen in the system calls of the manager.

    order.py PATH_TO_OCPP

Runs the manager under strace, lets a station say things that have to be kept, and looks in the trace
whether between hearing each of them and answering it the log of the database was flushed to the disk.
What needs no keeping (a heartbeat) has to be answered without a flush, so that the test can fail.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from station import Gone, Station

PORT, HTTP = 19741, 19742


def main(ocpp):
    if not shutil.which("strace"):
        sys.exit("FAIL  strace is missing: apt-get install strace")
    work = tempfile.mkdtemp(prefix="ocpp-order.")
    trace = os.path.join(work, "trace")
    calls = "trace=fdatasync,fsync,recvfrom,sendto,read,readv,write,writev"
    manager = subprocess.Popen(
        ["strace", "-f", "-ttt", "-yy", "-s", "120", "-e", calls, "-o", trace, ocpp, "serve", "--open",
         "--data", os.path.join(work, "data"), "--ocpp-listen", f"127.0.0.1:{PORT}",
         "--http-listen", f"127.0.0.1:{HTTP}"],
        stderr=subprocess.DEVNULL,
    )
    try:
        said = converse()
        time.sleep(0.5)
    finally:
        # The tracer passes nothing on, so its child is told first.
        children = subprocess.run(["pgrep", "-P", str(manager.pid)], capture_output=True, text=True)
        for child in children.stdout.split():
            os.kill(int(child), signal.SIGTERM)
        manager.wait(timeout=20)
    check(trace, said)
    shutil.rmtree(work)


def connect():
    for _ in range(200):
        try:
            return Station(PORT, "ORDER", "ocpp2.0.1")
        except Gone:
            time.sleep(0.1)
    sys.exit("FAIL  the manager does not listen")


def converse():
    """What was said, in order: a sign that is found in the trace, and whether it has to be kept."""
    station = connect()
    said = []

    def say(action, payload, sign, kept):
        station.call(action, payload)
        said.append((sign, kept))
        # Marks of the manager's own must not pass for the flush of an answer.
        time.sleep(0.05)

    vendor = {"model": "M", "vendorName": "mark-boot"}
    say("BootNotification", {"reason": "PowerUp", "chargingStation": vendor}, "mark-boot", True)
    for number in range(10):
        transaction = f"mark-tx-{number}"
        event = {
            "eventType": "Started",
            "timestamp": "2026-01-01T00:00:00Z",
            "triggerReason": "CablePluggedIn",
            "seqNo": 0,
            "transactionInfo": {"transactionId": transaction},
            "evse": {"id": 1, "connectorId": 1},
        }
        say("TransactionEvent", event, transaction, True)
        say("Heartbeat", {}, None, False)
    station.close()
    return said


# A call on one line, or the part of it that was cut off by another thread.
LINE = re.compile(r"^(\d+)\s+(\d+\.\d+)\s+(.*)$")


def events(trace):
    """What happened, in order of time: (time, kind, text)."""
    begun = {}
    found = []
    with open(trace, errors="replace") as lines:
        for line in lines:
            match = LINE.match(line)
            if not match:
                continue
            thread, at, rest = match[1], float(match[2]), match[3]
            if rest.endswith("<unfinished ...>"):
                begun[thread] = rest
                continue
            resumed = re.match(r"<\.\.\. (\w+) resumed>(.*)", rest)
            if resumed:
                rest = begun.pop(thread, resumed[1] + "(").removesuffix(" <unfinished ...>") + resumed[2]
            name = rest.split("(", 1)[0]
            if name in ("fdatasync", "fsync") and rest.rstrip().endswith("= 0"):
                found.append((at, "flush", rest))
            elif "TCP:" in rest and name in ("recvfrom", "read", "readv"):
                found.append((at, "heard", rest))
            elif "TCP:" in rest and name in ("sendto", "write", "writev"):
                found.append((at, "said", rest))
    return found


def check(trace, said):
    """Frames of stations are masked, so hearing is told by order: each answer follows what it answers."""
    found = [event for event in events(trace) if f":{PORT}->" in event[2] or event[1] == "flush"]
    # The handshake is heard and answered first; only whole conversations follow.
    answers = [index for index, event in enumerate(found) if event[1] == "said" and "[3," in event[2]]
    if len(answers) != len(said):
        sys.exit(f"FAIL  {len(said)} calls were answered, but the trace has {len(answers)} answers")
    before = 0
    unflushed = flushed = 0
    for index, (sign, kept) in zip(answers, said):
        between = found[before:index]
        heard = max((i for i, event in enumerate(between) if event[1] == "heard" and "= -1" not in event[2]
                     and not event[2].rstrip().endswith("= 0")), default=None)
        if heard is None:
            sys.exit(f"FAIL  the answer to {sign or 'a heartbeat'} comes before anything was heard")
        has_flush = any(event[1] == "flush" and "ocpp.db" in event[2] for event in between[heard:])
        if kept and not has_flush:
            sys.exit(f"FAIL  {sign} was answered before it was flushed to the disk")
        flushed += kept
        unflushed += not kept and not has_flush
        before = index + 1
    if unflushed == 0:
        sys.exit("FAIL  even heartbeats wait for a flush: this test could not see the difference")
    print(f"ok    {flushed} answers left after their flush, {unflushed} heartbeats needed none")


if __name__ == "__main__":
    main(sys.argv[1])
