"""A charging station by the Python package `ocpp` that answers every action it has.

    obedient.py --url ws://HOST:PORT/ocpp/ID --version 1.6|2.0.1|2.1 --rest URL

It boots, then orders each action from itself through the manager's REST interface, and compares what the manager has
recorded with what it said: the package checks the request and the answer against its own schemas. Prints a line for
each action; exit code 0 only if every order has ended with the answer that was given.
"""

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

import websockets
from library import RawFrames, camel_to_snake_case, modules, typed
from ocpp.routing import on

# The least number of actions from managers that the package has, by version.
AT_LEAST = {"1.6": 26, "2.0.1": 40, "2.1": 55}

# What the text of the specification demands beyond the schema, as members to be added or replaced.
PERIOD = {"startPeriod": 0, "limit": 16.0}
PROFILE = {"id": 1, "stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative"}
SCHEDULE = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [PERIOD]}
PROFILE_2 = {"evseId": 1, "chargingProfile": {**PROFILE, "chargingSchedule": [SCHEDULE]}}
DEMANDED = {
    ("1.6", "SetChargingProfile"): {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 1,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [PERIOD]},
        },
    },
    ("2.0.1", "SetChargingProfile"): PROFILE_2,
    ("2.1", "SetChargingProfile"): PROFILE_2,
    ("2.0.1", "ClearChargingProfile"): {"chargingProfileId": 1},
    ("2.1", "ClearChargingProfile"): {"chargingProfileId": 1},
    ("2.0.1", "GetChargingProfiles"): {"chargingProfile": {"chargingProfileId": [1]}},
    ("2.1", "GetChargingProfiles"): {"chargingProfile": {"chargingProfileId": [1]}},
    ("2.0.1", "CustomerInformation"): {"customerIdentifier": "A1"},
    ("2.1", "CustomerInformation"): {"customerIdentifier": "A1"},
}


class Schemas:
    """The package's own schemas, and the least that each of them allows."""

    def __init__(self, version):
        self.folder = Path(modules(version).__file__).parent / "schemas"
        self.version = version

    def read(self, action, response):
        names = [f"{action}Response.json"] if response else [f"{action}.json", f"{action}Request.json"]
        for name in names:
            if (self.folder / name).exists():
                return json.loads((self.folder / name).read_text(encoding="utf-8-sig"))
        return None

    def least(self, action, response=False):
        schema = self.read(action, response)
        if schema is None:
            return None
        payload = self._least(schema, schema)
        if not response:
            payload.update(DEMANDED.get((self.version, action), {}))
        return payload

    def _least(self, schema, root):
        if "$ref" in schema:
            return self._least(root["definitions"][schema["$ref"].rsplit("/", 1)[-1]], root)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        if kind == "object":
            members = schema.get("properties", {})
            return {name: self._least(members[name], root) for name in schema.get("required", [])}
        if kind == "array":
            return [self._least(schema["items"], root)] * max(schema.get("minItems", 1), 1)
        if kind == "string":
            return {"date-time": "2026-03-02T09:00:00Z", "uri": "https://example.com/a"}.get(schema.get("format"), "A1")
        if kind == "boolean":
            return True
        least = max(schema.get("minimum", 1), 1)
        return least if kind == "integer" else float(least)


def station_class(version, schemas):
    """A station that answers every action of managers with the least that the schema of the answer allows."""
    package = modules(version)

    class Obedient(RawFrames, package.ChargePoint):
        pass

    for action in sorted(name for name in vars(package.call_result) if name[0].isupper()):
        answer = schemas.least(action, response=True)
        kind = getattr(package.call_result, action)
        if answer is None or typed(package.call_result, action, answer) is None:
            continue

        def obey(self, _kind=kind, _answer=answer, **_):
            return _kind(**camel_to_snake_case(_answer))

        # The package finds handlers by the names of their functions.
        obey.__name__ = f"obey_{action}"
        setattr(Obedient, obey.__name__, on(action)(obey))
    return Obedient


def ask(rest, identity, action, payload):
    """Orders an action and waits for its end: the status, and what the manager says."""
    body = json.dumps({"action": action, "payload": payload}).encode()
    request = urllib.request.Request(
        f"{rest}/api/v1/stations/{identity}/orders?wait=true",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


async def order_all(options, identity, station, schemas):
    failures, done = 0, 0
    package = modules(options.version)
    for action in sorted(name for name in vars(package.call) if name[0].isupper()):
        payload = schemas.least(action)
        answer = schemas.least(action, response=True)
        if payload is None or answer is None or not hasattr(station, f"obey_{action}"):
            continue
        status, order = await asyncio.to_thread(ask, options.rest, identity, action, payload)
        if status == 422 and "from managers to stations" in order.get("detail", ""):
            continue  # An action of stations.
        outcome = (order.get("ending") or {}).get("outcome") or {}
        if status == 200 and outcome.get("raw") == answer:
            done += 1
            print(f"ok    {action}: recorded as it was answered", flush=True)
        else:
            failures += 1
            print(f"FAIL  {action}: {status} {json.dumps(order)}", flush=True)
    return failures, done


async def main(options):
    schemas = Schemas(options.version)
    identity = options.url.rsplit("/", 1)[-1]
    protocol = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"}[options.version]
    async with websockets.connect(options.url, subprotocols=[protocol]) as connection:
        station = station_class(options.version, schemas)(identity, connection)
        station.prepare_raw()
        listening = asyncio.create_task(station.start())
        boot = (
            {"chargePointVendor": "Outside", "chargePointModel": "Py"}
            if options.version == "1.6"
            else {"reason": "PowerUp", "chargingStation": {"vendorName": "Outside", "model": "Py"}}
        )
        answer = await station.send_call("boot", "BootNotification", boot)
        if answer[0] != 3 or answer[2]["status"] != "Accepted":
            print(f"FAIL  boot: {answer}")
            return 1
        failures, done = await order_all(options, identity, station, schemas)
        listening.cancel()
    if done < AT_LEAST[options.version]:
        failures += 1
        print(f"FAIL  only {done} actions were answered, not {AT_LEAST[options.version]}")
    print(f"{identity}: {done} actions ordered, answered and recorded, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--version", required=True, choices=["1.6", "2.0.1", "2.1"])
    arguments.add_argument("--rest", required=True)
    sys.exit(asyncio.run(main(arguments.parse_args())))
