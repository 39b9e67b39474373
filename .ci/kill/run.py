#!/usr/bin/env python3
"""Kills a manager at random moments of its drivers' payments, and looks at what is left.

    .ci/kill/run.py PATH/TO/examples/paying_manager

A manager with restless drivers (sandbox payments) runs over one database; stations of 1.6 and 2.0.1 charge
as they are told. The manager is killed with SIGKILL again and again, at the end it runs once more without
new drivers until nothing is left to do. Then every hold in the sandbox's books has to be captured once or
given back, and every session has to have one receipt whose lines add up.

KILL_TIMES says how often (40), KILL_SEED repeats the moments of a run.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import check  # noqa: E402

TIMES = int(os.environ.get("KILL_TIMES", "40"))
SEED = int(os.environ.get("KILL_SEED", str(random.SystemRandom().randrange(1 << 32))))
SETTLED_WITHIN_S = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kill_once(program, directory, port, wait):
    """Runs a manager until it listens and `wait` seconds more, then kills it."""
    manager = subprocess.Popen([program, "manager", directory, str(port)])
    deadline = time.monotonic() + 20
    while not is_listening(port):
        if manager.poll() is not None or time.monotonic() > deadline:
            manager.kill()
            raise SystemExit(f"FAIL  the manager does not start (exit code {manager.wait()})")
        time.sleep(0.01)
    time.sleep(wait)
    if manager.poll() is not None:
        raise SystemExit(f"FAIL  the manager ended by itself (exit code {manager.returncode})")
    manager.send_signal(signal.SIGKILL)
    manager.wait()


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    program = sys.argv[1]
    chance = random.Random(SEED)
    print(f"seed {SEED}, {TIMES} kills", flush=True)
    port = free_port()
    stations = subprocess.Popen([program, "stations", str(port)])
    try:
        with tempfile.TemporaryDirectory() as directory:
            begun = time.monotonic()
            for _ in range(TIMES):
                # Mostly in the middle of it, sometimes as soon as it listens.
                kill_once(program, directory, port, chance.choice([0.0, 0.3, 1.0, 2.0, 3.0]) * chance.random())
            settle = [program, "settle", directory, str(port)]
            subprocess.run(settle, check=True, timeout=SETTLED_WITHIN_S)
            if stations.poll() is not None:
                raise SystemExit(f"FAIL  the stations ended by themselves (exit code {stations.returncode})")
            wrong = check.check(Path(directory) / "ocpp.db")
            print(f"{TIMES} kills in {time.monotonic() - begun:.0f} s")
            if wrong:
                raise SystemExit("\n".join(["FAIL", *wrong]))
            print("ok    every hold is captured once or given back, every session has its receipt")
    finally:
        stations.kill()
        stations.wait()


if __name__ == "__main__":
    main()
