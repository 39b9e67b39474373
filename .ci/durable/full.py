#!/usr/bin/env python3
"""A full disk: nothing is acknowledged that is not kept, everybody is told, and it is over by itself.

    full.py PATH_TO_OCPP

Stations of two versions work as fast as they are answered while the disk under the manager fills up, in two
ways: a small file system in memory that is full (ENOSPC), and a limit on the size of files (EFBIG). Then
connections have to be closed and new ones refused with 503, /readyz has to say no and why, and the page has to
show the alarm. After room was made stations have to be served again without anybody's doing, and in the end
every acknowledged event has to be in the database once.

Mounting needs root, or a system that lets users have namespaces of their own; without either this fails.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import kill
from station import Gone, Station

kill.PORT, kill.HTTP = 19745, 19746
# Room enough for the database's log, which grows to 64 MiB before it is worked into the file, and for messages.
DISK_MB = 256
FAILS_WITHIN_S = 30
WORKS_WITHIN_S = 30
MEBIBYTE = 1024 * 1024


def fetch(path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{kill.HTTP}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(what, within, is_so):
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        if is_so():
            return time.monotonic() - begun
        time.sleep(0.05)
    sys.exit(f"FAIL  not within {within} s: {what}")


def is_refused():
    """Whether a station that comes new is told to come back later."""
    try:
        Station(kill.PORT, "NEWCOMER", "ocpp1.6").close()
        return False
    except Gone as gone:
        return " 503 " in f"{gone} "


class Disk:
    """A small file system, filled up by one big file."""

    def __init__(self, work):
        self.directory = os.path.join(work, "disk")
        self.ballast = os.path.join(self.directory, "ballast")
        os.mkdir(self.directory)

    @contextmanager
    def ready(self):
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", self.directory],
            capture_output=True, text=True,
        )
        if mounted.returncode:
            sys.exit(f"FAIL  a small file system cannot be mounted: {mounted.stderr.strip()}")
        try:
            yield {}
        finally:
            subprocess.run(["umount", "--lazy", self.directory], check=True)

    def fill(self, _manager):
        with open(self.ballast, "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass

    def make_room(self, _manager):
        os.remove(self.ballast)


class Limit:
    """A limit on the size of each file, as a quota is for all of them."""

    def __init__(self, work):
        self.directory = work

    @contextmanager
    def ready(self):
        # The signal that goes with the limit would end the process. Python ignores it, and so does its child.
        yield {"restore_signals": False}

    def fill(self, manager):
        database = os.path.join(self.directory, "data", "ocpp.db")
        most = max(os.path.getsize(database + end) for end in ("", "-wal") if os.path.exists(database + end))
        resource.prlimit(manager.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def make_room(self, manager):
        no_limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(manager.pid, resource.RLIMIT_FSIZE, no_limit)


def try_out(name, ocpp, disk_of):
    work = tempfile.mkdtemp(prefix="ocpp-full.")
    disk = disk_of(work)
    with disk.ready() as options:
        data = os.path.join(disk.directory, "data")
        manager = kill.serve(ocpp, data, **options)
        stop = threading.Event()
        drivers = [kill.Driver(number, stop) for number in range(kill.STATIONS)]
        try:
            for driver in drivers:
                driver.start()
            until("stations work", 10, lambda: done(drivers) > 200)
            before = failing(manager, disk, drivers)
            room_at = time.monotonic()
            disk.make_room(manager)
            until("/readyz says yes after room was made", WORKS_WITHIN_S, lambda: fetch("/readyz")[0] == 200)
            still = [driver.identity for driver, count in zip(drivers, before) if len(driver.acknowledged) == count]
            until(f"{still} come back", WORKS_WITHIN_S, lambda: all(
                len(driver.acknowledged) > count for driver, count in zip(drivers, before)
            ))
            took = time.monotonic() - room_at
            status, page = fetch("/")
            if status != 200 or 'role="alert"' in page:
                sys.exit("FAIL  the page still shows the alarm")
            if manager.poll() is not None:
                sys.exit(f"FAIL  the manager ended by itself: exit code {manager.returncode}")
        finally:
            stop.set()
            for driver in drivers:
                driver.join(timeout=15)
            manager.send_signal(signal.SIGKILL)
            manager.wait()
        acknowledged, wrong = kill.check(os.path.join(data, "ocpp.db"), drivers)
    failures = [driver.failure for driver in drivers if driver.failure]
    if failures or wrong:
        for line in (failures + wrong)[:20]:
            print(f"      {line}")
        sys.exit(f"FAIL  {name}: {len(wrong)} wrong of {acknowledged} acknowledged")
    print(
        f"ok    {name}: refused with 503, not ready, alarm on the page; all {len(drivers)} stations were back "
        f"{took:.1f} s after there was room, and {acknowledged} acknowledged events are there once"
    )
    shutil.rmtree(work)


def failing(manager, disk, drivers):
    """Fills the disk and checks what everybody is told; gives how much each station had acknowledged."""
    disk.fill(manager)
    until("/readyz says no", FAILS_WITHIN_S, lambda: fetch("/readyz")[0] == 503)
    until("a new connection is refused with 503", FAILS_WITHIN_S, is_refused)
    # What still fits into the files as they are may be written; then nothing moves any more.
    until("nothing is acknowledged any more", FAILS_WITHIN_S, lambda: stands_still(drivers))
    status, answer = fetch("/readyz")
    if status != 503 or "The database fails since" not in answer:
        sys.exit(f"FAIL  /readyz says {status}: {answer}")
    status, page = fetch("/")
    if status != 200 or 'role="alert"' not in page or "The database fails since" not in page:
        sys.exit(f"FAIL  the page (status {status}) shows no alarm")
    if fetch("/healthz")[0] != 200:
        sys.exit("FAIL  /healthz: a full disk is no reason to restart the manager")
    if not is_refused():
        sys.exit("FAIL  a new connection is let in although nothing can be kept")
    return [len(driver.acknowledged) for driver in drivers]


def stands_still(drivers):
    before = done(drivers)
    time.sleep(1)
    return done(drivers) == before


def done(drivers):
    return sum(len(driver.acknowledged) for driver in drivers)


def main(ocpp):
    if os.geteuid() != 0:
        # As root of a namespace of one's own, where the system allows that.
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--mount", sys.executable, *sys.argv])
    try_out("full disk", ocpp, Disk)
    try_out("full quota", ocpp, Limit)


if __name__ == "__main__":
    main(sys.argv[1])
