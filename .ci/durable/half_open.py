#!/usr/bin/env python3
"""A line that is dead without a word: the station is offline in time, since its last sign of life.

    half_open.py PATH_TO_OCPP

The manager and the stations run in two networks of their own that one cable joins (network namespaces and a
veth pair). The cable is pulled on the stations' side: no FIN and no RST comes, and nothing that the manager
sends is confirmed. One manager has the usual `--gone-within` of 30 s, another one 6 s. A station that was
silent but answered pings, and one that spoke all the time, have to be offline within that time, since their
last sign of life; a station elsewhere stays online. When the cable is back, the station that speaks comes back.

Namespaces need root, or a system that lets users have their own; without either this fails.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import datetime

from station import Gone, Station

HOST, FAR = "10.231.7.1", "10.231.7.2"
PORT, HTTP = 19747, 19757
# What each manager is told, and what is added to its ports.
SETTINGS = {30: 0, 6: 1}
COMES_BACK_WITHIN_S = 60
# The manager's own work and the clock of this test.
GRACE_S = 1.0


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"FAIL  {' '.join(command)}: {done.stderr.strip()}")


# --- The stations' side, a process in a network of its own.

def far_side():
    for offset in SETTINGS.values():
        for identity, talk in (("QUIET", quiet), ("BUSY", busy)):
            threading.Thread(target=live, args=(identity, PORT + offset, talk), daemon=True).start()
    sys.stdin.read()


def live(identity, port, talk):
    while True:
        try:
            station = Station(port, identity, "ocpp1.6", timeout=5, host=HOST)
            station.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
            talk(station)
        except Gone:
            time.sleep(0.5)


def quiet(station):
    station.stay(3600)


def busy(station):
    while True:
        station.call("Heartbeat", {})
        time.sleep(0.1)


# --- The manager's side.

def address_of(enter, device):
    """The address of a network card."""
    return json.loads(subprocess.check_output([*enter, "ip", "-j", "link", "show", device]))[0]["address"]


class Network:
    """This process's network, and one of the stations behind a cable."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "600"])
        self.enter = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"]
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == own:
            if self.holder.poll() is not None:
                sys.exit("FAIL  no second network can be made")
            time.sleep(0.01)
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
        run("ip", "link", "set", "far", "netns", str(self.holder.pid))
        run("ip", "address", "add", f"{HOST}/30", "dev", "near")
        run("ip", "link", "set", "near", "up")
        self.far("address", "add", f"{FAR}/30", "dev", "far")
        self.plug_in()
        # The manager's system shall not find out by asking who has the address: on the internet it could not.
        self.far("neighbour", "replace", HOST, "lladdr", address_of([], "near"), "dev", "far")
        run("ip", "neighbour", "replace", FAR, "lladdr", address_of(self.enter, "far"), "dev", "near")

    def far(self, *arguments):
        run(*self.enter, "ip", *arguments)

    def plug_in(self):
        self.far("link", "set", "far", "up")

    def pull_out(self):
        self.far("link", "set", "far", "down")

    def close(self):
        self.holder.kill()
        self.holder.wait()


def stations(http):
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/api/v1/stations", timeout=5) as answer:
        return {station["id"]: station for station in json.load(answer)["items"]}


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def until(what, within, is_so):
    end = time.monotonic() + within
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"FAIL  not within {within} s: {what}")
        time.sleep(0.05)


def are_online(http, *identities):
    there = stations(http)
    return all(there.get(identity, {}).get("online") for identity in identities)


def near_station(stop):
    """A station whose line lives, at both managers."""
    lines = [Station(PORT + offset, "NEAR", "ocpp1.6") for offset in SETTINGS.values()]
    while not stop.wait(0.5):
        for line in lines:
            line.call("Heartbeat", {})


def start(ocpp, work, gone_within, offset):
    manager = subprocess.Popen(
        [ocpp, "serve", "--open", "--data", os.path.join(work, f"data-{gone_within}"),
         "--gone-within", str(gone_within), "--ocpp-listen", f"0.0.0.0:{PORT + offset}",
         "--http-listen", f"127.0.0.1:{HTTP + offset}"],
        stderr=subprocess.DEVNULL,
    )

    def listens():
        if manager.poll() is not None:
            sys.exit(f"FAIL  the manager ends: exit code {manager.returncode}")
        try:
            stations(HTTP + offset)
            return True
        except OSError:
            return False

    until("the manager listens", 10, listens)
    return manager


def watch(pulled, gone_within, http, seen):
    """When each station was seen to be offline."""
    while time.time() < pulled + gone_within + 20 and len(seen) < 2:
        there = stations(http)
        for identity in ("QUIET", "BUSY"):
            if not there[identity]["online"] and identity not in seen:
                seen[identity] = (time.time() - pulled, moment(there[identity]["since"]) - pulled)
        time.sleep(0.05)


def check(gone_within, seen):
    for identity in ("QUIET", "BUSY"):
        if identity not in seen:
            sys.exit(f"FAIL  {identity} is still online {gone_within + 20} s after its line died")
        after, since = seen[identity]
        # The silent one was heard at each ping, a third of the time apart.
        earliest = -GRACE_S - (gone_within / 3 if identity == "QUIET" else 0)
        if after > gone_within + GRACE_S:
            sys.exit(f"FAIL  {identity} is offline only {after:.1f} s after its line died ({gone_within} s allowed)")
        if not earliest <= since <= GRACE_S:
            sys.exit(f"FAIL  the outage of {identity} begins {since:+.1f} s from when its line died")
        print(f"      within {gone_within} s: {identity} offline after {after:.1f} s, since {since:+.2f} s")


def main(ocpp):
    network = Network()
    work = tempfile.mkdtemp(prefix="ocpp-half-open.")
    managers, far, stop = [], None, threading.Event()
    try:
        managers = [start(ocpp, work, *setting) for setting in SETTINGS.items()]
        threading.Thread(target=near_station, args=(stop,), daemon=True).start()
        far = subprocess.Popen([*network.enter, sys.executable, __file__, "--far-side"], stdin=subprocess.PIPE)
        for offset in SETTINGS.values():
            until("all are online", 15, lambda: are_online(HTTP + offset, "QUIET", "BUSY", "NEAR"))
        time.sleep(3)
        network.pull_out()
        pulled = time.time()
        seen = {gone_within: {} for gone_within in SETTINGS}
        watchers = [
            threading.Thread(target=watch, args=(pulled, gone_within, HTTP + offset, seen[gone_within]))
            for gone_within, offset in SETTINGS.items()
        ]
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.join()
        for gone_within, offset in SETTINGS.items():
            check(gone_within, seen[gone_within])
            if not are_online(HTTP + offset, "NEAR"):
                sys.exit("FAIL  a station elsewhere is shown offline")
        network.plug_in()
        for offset in SETTINGS.values():
            until("BUSY comes back", COMES_BACK_WITHIN_S, lambda: are_online(HTTP + offset, "BUSY"))
        print("ok    lines that died without a word are seen in time, since the last sign of life")
    finally:
        stop.set()
        for process in [far, *managers]:
            if process:
                process.kill()
                process.wait()
        network.close()
        shutil.rmtree(work)


if __name__ == "__main__":
    if sys.argv[1] == "--far-side":
        far_side()
    elif sys.argv[1] != "--inside":
        # In a network of its own, so that nothing of this machine's is touched.
        mine = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        inside = [sys.executable, __file__, "--inside", os.path.abspath(sys.argv[1])]
        os.execvp("unshare", ["unshare", *mine, "--net", *inside])
    else:
        main(sys.argv[2])
