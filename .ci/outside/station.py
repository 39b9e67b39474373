"""A charging station by the Python package `ocpp`: one whole session.

    station.py --url ws://HOST:PORT/ocpp/ID --version 1.6|2.0.1|2.1 --token TAG
               [--password P] [--energy-wh 4200] [--lax-errors]

Prints a line per step. Exit code 0 only if every step went as it must.
Messages that are wrong on purpose carry an id (or begin) with `bad-`.
"""

import argparse
import asyncio
import base64
import json
import logging
import sys
from urllib.parse import unquote, urlsplit

import websockets
from library import (
    ANSWER_TIMEOUT_S,
    MANGLED,
    REFUSALS,
    RawFrames,
    Unexpected,
    expect,
    expect_current,
    fill,
    fresh_id,
    messages,
    modules,
    now,
    typed,
)
from ocpp.routing import on

# The CALLERROR code that each kind of bad payload deserves.
CODES = {
    "1.6": {
        "a required member is missing": "OccurenceConstraintViolation",
        "a member has the wrong type": "TypeConstraintViolation",
        "a text is too long": "PropertyConstraintViolation",
    },
}
CODES["2.0.1"] = CODES["2.1"] = {
    **CODES["1.6"],
    "a required member is missing": "OccurrenceConstraintViolation",
}

METER_START_WH = 1000


def station_class(version):
    """A station on top of the package's ChargePoint of `version`."""
    package = modules(version)
    result = package.call_result

    class Answers(RawFrames, package.ChargePoint):
        """Answers what a CSMS may ask on its own; the rest is NotImplemented."""

        @on("TriggerMessage")
        def on_trigger(self, requested_message, **_):
            if requested_message != "Heartbeat":
                return result.TriggerMessage(status="NotImplemented")
            asyncio.get_running_loop().create_task(self.call(package.call.Heartbeat()))
            return result.TriggerMessage(status="Accepted")

        @on("ChangeAvailability")
        def on_availability(self, **_):
            return result.ChangeAvailability(status="Accepted")

        @on("DataTransfer")
        def on_data_transfer(self, **_):
            return result.DataTransfer(status="UnknownVendorId")

    class Answers16(Answers):
        @on("GetConfiguration")
        def on_get_configuration(self, key=None, **_):
            return result.GetConfiguration(configuration_key=[], unknown_key=key or [])

        @on("ChangeConfiguration")
        def on_change_configuration(self, **_):
            return result.ChangeConfiguration(status="NotSupported")

    class Answers2(Answers):
        @on("GetVariables")
        def on_get_variables(self, get_variable_data, **_):
            return result.GetVariables(
                get_variable_result=[
                    {**wanted, "attribute_status": "UnknownComponent"}
                    for wanted in get_variable_data
                ]
            )

        @on("GetBaseReport")
        def on_base_report(self, **_):
            return result.GetBaseReport(status="NotSupported")

        @on("ClearCache")
        def on_clear_cache(self, **_):
            return result.ClearCache(status="Accepted")

    return Answers16 if version == "1.6" else Answers2


class Run:
    """One session: the steps in order, and how many of them failed."""

    def __init__(self, station, options):
        self.station = station
        self.options = options
        self.version = options.version
        self.call = modules(options.version).call
        self.transaction = None
        self.failures = 0
        self.steps = 0

    async def step(self, name, work):
        """Run one step, print its outcome, and remember a failure."""
        self.steps += 1
        try:
            outcome = await asyncio.wait_for(work, ANSWER_TIMEOUT_S + 5)
            print(f"ok    {name}: {outcome}", flush=True)
        except websockets.ConnectionClosed:
            raise
        except Exception as error:  # whatever went wrong, the step failed
            self.failures += 1
            print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)

    async def send(self, action, message_id=None, **payload):
        """A call by the package's own class, validated by the package."""
        message = getattr(self.call, action)(**payload)
        return await self.station.call(message, suppress=False, unique_id=message_id)

    # What every version has.

    async def boot(self):
        if self.version == "1.6":
            payload = {"charge_point_vendor": "Outside", "charge_point_model": "Py"}
        else:
            payload = {
                "charging_station": {"vendor_name": "Outside", "model": "Py"},
                "reason": "PowerUp",
            }
        answer = await self.send("BootNotification", **payload)
        expect(answer.status == "Accepted", f"status {answer.status}")
        expect(answer.interval > 0, f"interval {answer.interval}")
        expect_current(answer.current_time)
        return f"Accepted, interval {answer.interval} s"

    async def heartbeat(self):
        answer = await self.send("Heartbeat")
        expect_current(answer.current_time)
        return answer.current_time

    async def data_transfer(self):
        answer = await self.send("DataTransfer", vendor_id="org.example.nobody")
        expect(answer.status == "UnknownVendorId", f"status {answer.status}")
        return answer.status

    async def other(self, action, payload):
        """A message that may be refused, but never ignored."""
        payload = fill(payload, tx=self.transaction, token=self.options.token)
        message = typed(self.call, action, payload)
        mangled = MANGLED.get((self.version, action))
        expect((message is None) == (mangled is not None), "the list MANGLED is wrong")
        if message is None:
            answer = await self.station.send_call(fresh_id(), action, payload)
            legal = answer[0] == 3 or answer[2] in ("NotImplemented", "NotSupported")
            expect(legal, f"answered {answer}")
            return f"answered as a raw frame, because {mangled}"
        try:
            await self.station.call(message, suppress=False)
            return "answered"
        except REFUSALS as refusal:
            return refusal.code

    async def others(self):
        entry = messages(self.version)
        for action, pair in entry["others"].items():
            await self.step(action, self.other(action, pair["request"]))
        for action, payload in entry["sends"].items():
            await self.step(action, self.unanswered(action, payload))

    async def unanswered(self, action, payload):
        """A message of type 6; the package has no class for it."""
        payload = fill(payload, tx=self.transaction, token=self.options.token)
        frame = json.dumps([6, fresh_id(), action, payload])
        await self.station._connection.send(frame)
        return "sent; it has no answer"

    # What is wrong on purpose.

    async def bad(self, message_id, action, payload, *codes):
        answer = await self.station.send_call(message_id, action, payload)
        expect(answer[0] == 4, f"answered with {answer}")
        right = self.options.lax_errors or answer[2] in codes
        expect(right, f"{answer[2]} instead of {' or '.join(codes)}")
        return answer[2]

    async def no_json(self):
        """2.x answers with the id -1; 1.6 leaves the policy open."""
        text = "bad-frame: this is no JSON"
        if self.version == "1.6" or self.options.lax_errors:
            await self.station._connection.send(text)
            return "sent; the next steps show that the connection lives"
        answer = await self.station.send_text(text, "-1")
        expect(answer[0] == 4, f"answered with {answer}")
        expect(answer[2] == "RpcFrameworkError", f"code {answer[2]}")
        return answer[2]

    async def bad_input(self):
        unknown = self.bad(
            "bad-unknown", "NoSuchAction", {}, "NotImplemented", "NotSupported"
        )
        await self.step("an unknown action", unknown)
        await self.step("a frame that is no JSON", self.no_json())
        if self.version == "1.6":
            missing = ("Authorize", {})
            wrong = {"connectorId": "one", "errorCode": "NoError"}
            wrong["status"] = "Available"
            long = ("Authorize", {"idTag": "T" * 300})
        else:
            missing = ("Authorize", {})
            wrong = {"timestamp": now(), "connectorStatus": "Available"}
            wrong.update(evseId="one", connectorId=1)
            token = {"idToken": "T" * 300, "type": "ISO14443"}
            long = ("Authorize", {"idToken": token})
        cases = [missing, ("StatusNotification", wrong), long]
        for number, ((name, code), case) in enumerate(
            zip(CODES[self.version].items(), cases)
        ):
            await self.step(name, self.bad(f"bad-payload-{number}", *case, code))
        await self.step("the connection still works", self.heartbeat())

    async def whole(self):
        """Everything, in order."""
        await self.step("BootNotification", self.boot())
        await self.step("Heartbeat", self.heartbeat())
        await self.step("DataTransfer", self.data_transfer())
        await self.session()
        await self.bad_input()
        # Time for calls of the CSMS that are still under way.
        await asyncio.sleep(0.5)


class Run16(Run):
    """A session of OCPP 1.6."""

    async def status(self, status):
        await self.send(
            "StatusNotification",
            connector_id=1,
            error_code="NoError",
            status=status,
            timestamp=now(),
        )
        return "answered"

    async def authorize(self):
        answer = await self.send("Authorize", id_tag=self.options.token)
        status = answer.id_tag_info["status"]
        expect(status == "Accepted", f"status {status}")
        return status

    async def start(self, payload, message_id=None):
        answer = await self.send("StartTransaction", message_id, **payload)
        status = answer.id_tag_info["status"]
        expect(status == "Accepted", f"status {status}")
        if self.transaction is None:
            expect(answer.transaction_id > 0, f"transaction {answer.transaction_id}")
            self.transaction = answer.transaction_id
        expect(
            answer.transaction_id == self.transaction,
            f"transaction {answer.transaction_id} instead of {self.transaction}",
        )
        return f"transaction {answer.transaction_id}"

    def reading(self, share):
        """A meter value of several samples at a share of the whole energy."""
        register = METER_START_WH + self.options.energy_wh * share
        return {
            "timestamp": now(),
            "sampled_value": [
                {"value": f"{register:.0f}"},
                {
                    "value": "11.0",
                    "measurand": "Power.Active.Import",
                    "unit": "kW",
                    "context": "Sample.Periodic",
                },
                {
                    "value": "16.0",
                    "measurand": "Current.Import",
                    "unit": "A",
                    "phase": "L1",
                },
            ],
        }

    async def meter_values(self, share):
        await self.send(
            "MeterValues",
            connector_id=1,
            transaction_id=self.transaction,
            meter_value=[self.reading(share)],
        )
        return "answered"

    async def stop(self, payload):
        answer = await self.send("StopTransaction", **payload)
        if answer.id_tag_info is not None:
            status = answer.id_tag_info["status"]
            expect(status == "Accepted", f"status {status}")
        return "answered"

    async def session(self):
        token, energy = self.options.token, self.options.energy_wh
        await self.step("StatusNotification Available", self.status("Available"))
        await self.step("Authorize", self.authorize())
        await self.step("StatusNotification Preparing", self.status("Preparing"))
        start = {
            "connector_id": 1,
            "id_tag": token,
            "meter_start": METER_START_WH,
            "timestamp": now(),
        }
        first = fresh_id()
        await self.step("StartTransaction", self.start(start, first))
        await self.step("StartTransaction again, new id", self.start(start))
        await self.step("StartTransaction again, same id", self.start(start, first))
        expect(self.transaction is not None, "no transaction, nothing to go on with")
        await self.step("StatusNotification Charging", self.status("Charging"))
        for share in (0.25, 0.5, 0.75):
            await self.step(f"MeterValues at {share:.0%}", self.meter_values(share))
        await self.others()
        stop = {
            "transaction_id": self.transaction,
            "id_tag": token,
            "meter_stop": METER_START_WH + energy,
            "timestamp": now(),
            "reason": "Local",
            "transaction_data": [self.reading(0), self.reading(1)],
        }
        await self.step("StopTransaction", self.stop(stop))
        await self.step("StopTransaction again", self.stop(stop))
        await self.step("StatusNotification Finishing", self.status("Finishing"))
        await self.step("StatusNotification Available", self.status("Available"))


class Run2(Run):
    """A session of OCPP 2.0.1 or 2.1."""

    seq_no = 0

    async def status(self, status):
        await self.send(
            "StatusNotification",
            timestamp=now(),
            connector_status=status,
            evse_id=1,
            connector_id=1,
        )
        return "answered"

    def token(self):
        return {"id_token": self.options.token, "type": "ISO14443"}

    async def authorize(self):
        answer = await self.send("Authorize", id_token=self.token())
        status = answer.id_token_info["status"]
        expect(status == "Accepted", f"status {status}")
        return status

    def reading(self, share, context):
        """A meter value of several samples at a share of the whole energy."""
        register = METER_START_WH + self.options.energy_wh * share
        return {
            "timestamp": now(),
            "sampled_value": [
                {
                    "value": register,
                    "context": context,
                    "measurand": "Energy.Active.Import.Register",
                    "unit_of_measure": {"unit": "Wh", "multiplier": 0},
                },
                {
                    "value": 11.0,
                    "context": context,
                    "measurand": "Power.Active.Import",
                    "unit_of_measure": {"unit": "kW"},
                },
            ],
        }

    def event(self, kind, trigger, **more):
        """The payload of the next TransactionEvent."""
        payload = {
            "event_type": kind,
            "timestamp": now(),
            "trigger_reason": trigger,
            "seq_no": self.seq_no,
            "transaction_info": {
                "transaction_id": self.transaction,
                **more.pop("info", {}),
            },
            **more,
        }
        self.seq_no += 1
        return payload

    async def transaction_event(self, payload, message_id=None):
        answer = await self.send("TransactionEvent", message_id, **payload)
        if "id_token" in payload:
            expect(answer.id_token_info, "the answer has no idTokenInfo")
            status = answer.id_token_info["status"]
            expect(status == "Accepted", f"status {status}")
            return status
        return "answered"

    async def meter_values(self):
        reading = self.reading(0.6, "Sample.Clock")
        await self.send("MeterValues", evse_id=1, meter_value=[reading])
        return "answered"

    async def session(self):
        self.transaction = fresh_id()
        await self.step("StatusNotification Available", self.status("Available"))
        await self.step("Authorize", self.authorize())
        await self.step("StatusNotification Occupied", self.status("Occupied"))
        started = self.event(
            "Started",
            "Authorized",
            info={"charging_state": "EVConnected"},
            id_token=self.token(),
            evse={"id": 1, "connector_id": 1},
            meter_value=[self.reading(0, "Transaction.Begin")],
        )
        await self.repeated("Started", started)
        charging = self.event(
            "Updated", "ChargingStateChanged", info={"charging_state": "Charging"}
        )
        await self.step("TransactionEvent Charging", self.transaction_event(charging))
        for share in (0.25, 0.5, 0.75):
            updated = self.event(
                "Updated",
                "MeterValuePeriodic",
                info={"charging_state": "Charging"},
                meter_value=[self.reading(share, "Sample.Periodic")],
            )
            await self.repeated(f"Updated at {share:.0%}", updated)
        await self.step("MeterValues", self.meter_values())
        await self.others()
        ended = self.event(
            "Ended",
            "StopAuthorized",
            info={"charging_state": "EVConnected", "stopped_reason": "Local"},
            id_token=self.token(),
            meter_value=[self.reading(1, "Transaction.End")],
        )
        await self.repeated("Ended", ended)
        await self.step("StatusNotification Available", self.status("Available"))

    async def repeated(self, name, payload):
        """An event, then the same one with a new id and with the same id."""
        first = fresh_id()
        name = f"TransactionEvent {name}"
        await self.step(name, self.transaction_event(payload, first))
        await self.step(f"{name} again, new id", self.transaction_event(payload))
        await self.step(f"{name} again, same id", self.transaction_event(payload, first))


async def run(options):
    """Connect, go through the session, and say how it went."""
    identity = unquote(urlsplit(options.url).path.rsplit("/", 1)[-1])
    headers = {}
    if options.password is not None:
        pair = f"{identity}:{options.password}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    protocol = f"ocpp{options.version}"
    async with websockets.connect(
        options.url, subprotocols=[protocol], additional_headers=headers, proxy=None
    ) as socket:
        expect(socket.subprotocol == protocol, f"sub-protocol {socket.subprotocol}")
        station = station_class(options.version)(identity, socket)
        station.prepare_raw()
        listening = asyncio.create_task(station.start())
        runner = Run16 if options.version == "1.6" else Run2
        session = runner(station, options)
        try:
            await session.whole()
        finally:
            listening.cancel()
        print(f"{identity}: {session.steps} steps, {session.failures} failed", flush=True)
        return session.failures == 0


def main():
    parser = argparse.ArgumentParser(description="A charging station by `ocpp`.")
    parser.add_argument("--url", required=True, help="ws://HOST:PORT/ocpp/ID")
    parser.add_argument("--version", required=True, choices=["1.6", "2.0.1", "2.1"])
    parser.add_argument("--token", required=True)
    parser.add_argument("--password")
    parser.add_argument("--energy-wh", type=int, default=4200)
    parser.add_argument(
        "--lax-errors",
        action="store_true",
        help="any CALLERROR will do; for servers other than ours",
    )
    options = parser.parse_args()
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    try:
        sys.exit(0 if asyncio.run(run(options)) else 1)
    except (Unexpected, OSError, websockets.WebSocketException) as error:
        print(f"FAIL  {type(error).__name__}: {error}", flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
