"""Asks the manager for its sessions and compares them with what was charged.

    check_sessions.py --url http://HOST:PORT STATION=ENERGY_WH...

Each station must have exactly one session, completed, with exactly that
energy: repeated messages must not have doubled anything.
"""

import argparse
import json
import sys
import urllib.request

# The names of the REST interface, all in one place.
PATH = "/api/v1/sessions"
LIST = "items"  # the member that holds the list, if the answer is an object
STATION = "station_id"  # the identity of the station
ENERGY = "energy_wh"  # integer
STATE = "status"
COMPLETED = "completed"  # the value of STATE


def fetch(url):
    """The list of sessions; never through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url + PATH, timeout=20) as response:
        body = json.load(response)
    return body[LIST] if isinstance(body, dict) else body


def complaints(sessions, station, energy_wh):
    """What is wrong with the sessions of one station."""
    own = [session for session in sessions if session[STATION] == station]
    if len(own) != 1:
        return [f"{station} has {len(own)} sessions instead of 1"]
    found = []
    if own[0][STATE] != COMPLETED:
        found.append(f"{station}: {STATE} is {own[0][STATE]!r}")
    if own[0][ENERGY] != energy_wh:
        found.append(f"{station}: {ENERGY} is {own[0][ENERGY]!r} instead of {energy_wh}")
    return found


def main():
    parser = argparse.ArgumentParser(description="Checks the manager's sessions.")
    parser.add_argument("--url", required=True, help="http://HOST:PORT")
    parser.add_argument("expected", nargs="+", metavar="STATION=ENERGY_WH")
    options = parser.parse_args()
    wrong = []
    try:
        sessions = fetch(options.url)
        for item in options.expected:
            station, energy_wh = item.rsplit("=", 1)
            wrong += complaints(sessions, station, int(energy_wh))
    except (OSError, ValueError, KeyError, TypeError) as error:
        wrong.append(f"{options.url}{PATH}: {type(error).__name__}: {error}")
    for line in wrong:
        print(f"FAIL  {line}")
    print("FAILED" if wrong else f"ok    {len(options.expected)} sessions as expected")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
