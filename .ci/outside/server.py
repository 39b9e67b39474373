"""A CSMS by the Python package `ocpp`: accepts stations, demands whole sessions.

    server.py --listen HOST:PORT --version 1.6|2.0.1|2.1 --expect N --token TAG
              [--deadline 300] [--password P]

Every call that arrives must be valid. Each of N stations must boot, start,
report a rising register, stop, and answer what this server asks in between.
Exit code 0 when all did; 1 with what is missing when one did not in time.
"""

import argparse
import asyncio
import base64
import logging
import sys
from http import HTTPStatus

import websockets
from ledger import Ledger, energy_wh
from library import (
    REFUSALS,
    RawFrames,
    Unexpected,
    expect,
    fill,
    fresh_id,
    messages,
    modules,
    now,
    typed,
)
from ocpp.charge_point import camel_to_snake_case
from ocpp.exceptions import OCPPError
from ocpp.routing import on

# How long a station may take to do what it promised to do.
PROMISE_S = 15


def csms_class(version):
    """A CSMS on top of the package's ChargePoint of `version`."""
    package = modules(version)
    entry = messages(version)

    class Answers(RawFrames, package.ChargePoint):
        """One connection of one station."""

        def open(self, ledger, token):
            self.prepare_raw()
            self.ledger = ledger
            self.token = token
            self.asking = None

        async def _handle_call(self, message):
            """Note what the package refuses; its answer stays as it is."""
            try:
                return await super()._handle_call(message)
            except OCPPError as error:
                if not message.unique_id.startswith("bad-"):
                    self.ledger.problem(f"{message.action}: {error}")
                raise

        def token_status(self, token):
            return {"status": "Accepted" if token == self.token else "Invalid"}

        def boot_notification(self, **_):
            self.ledger.booted = True
            if self.asking is None:
                self.asking = asyncio.create_task(self.ask_everything())
            return {"current_time": now(), "interval": 60, "status": "Accepted"}

        def heartbeat(self, **_):
            self.ledger.heartbeats += 1
            return {"current_time": now()}

        def status_notification(self, **_):
            return {}

        def data_transfer(self, **_):
            return {"status": "UnknownVendorId"}

        def notify_report(self, request_id, tbc=False, **_):
            if not tbc:
                self.ledger.reports.add(request_id)
            return {}

        async def ask_everything(self):
            """The calls of a CSMS: any honest answer will do, silence will not."""
            await asyncio.sleep(0.2)  # the boot is answered first
            for item in entry["csms_calls"]:
                try:
                    outcome = await self.ask(item["action"], item["payload"])
                    print(f"ok    {self.id} {item['action']}: {outcome}", flush=True)
                except Exception as error:
                    self.ledger.problem(f"{item['action']}: {type(error).__name__} {error}")
            answer = await self.send_call(fresh_id("bad-"), "NoSuchAction", {})
            if answer[0] != 4 or answer[2] not in ("NotImplemented", "NotSupported"):
                self.ledger.problem(f"an unknown action was answered with {answer}")
            self.ledger.asked = True

        async def ask(self, action, payload):
            """One call; its answer must be legal and kept."""
            message = typed(package.call, action, payload)
            beats = self.ledger.heartbeats
            try:
                answer = await self.call(message, suppress=False)
            except REFUSALS as refusal:
                return refusal.code
            status = getattr(answer, "status", None)
            if action == "GetConfiguration":
                known = [item["key"] for item in answer.configuration_key or []]
                unknown = answer.unknown_key or []
                expect(
                    sorted(known + unknown) == sorted(payload["key"]),
                    f"asked for {payload['key']}, got {known} and {unknown}",
                )
                expect("NoSuchKey" in unknown, "it claims to know NoSuchKey")
            elif action == "GetVariables":
                results = answer.get_variable_result
                expect(len(results) == 2, f"{len(results)} results instead of 2")
                for result in results:
                    if result["component"]["name"] == "NoSuchComponent":
                        found = result["attribute_status"]
                        expect(found != "Accepted", "it claims to have NoSuchComponent")
            elif action == "TriggerMessage" and status == "Accepted":
                await self.promised("a Heartbeat", lambda: self.ledger.heartbeats > beats)
            elif action == "GetBaseReport" and status == "Accepted":
                request = payload["requestId"]
                await self.promised("the report", lambda: request in self.ledger.reports)
            elif action == "DataTransfer":
                expect(status != "Accepted", "it accepted an unknown vendor")
            return status or "answered"

        async def promised(self, what, kept):
            """Wait until the station has done what it accepted to do."""
            for _ in range(PROMISE_S * 10):
                if kept():
                    return
                await asyncio.sleep(0.1)
            raise Unexpected(f"accepted, but {what} never came")

    class Answers16(Answers):
        def authorize(self, id_tag):
            return {"id_tag_info": self.token_status(id_tag)}

        def start_transaction(self, connector_id, id_tag, meter_start, timestamp, **_):
            self.ledger.token(id_tag, self.token)
            key = (connector_id, id_tag, meter_start, timestamp)
            number = self.ledger.start(key, meter_start)
            info = self.token_status(id_tag)
            return {"transaction_id": number, "id_tag_info": info}

        def meter_values(self, meter_value, transaction_id=None, **_):
            self.ledger.readings(transaction_id, meter_value)
            return {}

        def stop_transaction(self, transaction_id, meter_stop, **_):
            self.ledger.stop(transaction_id, meter_stop)
            return {"id_tag_info": {"status": "Accepted"}}

    class Answers2(Answers):
        def authorize(self, id_token, **_):
            return {"id_token_info": self.token_status(id_token["id_token"])}

        def meter_values(self, meter_value, **_):
            self.ledger.values_valid(meter_value)
            return {}

        def transaction_event(self, event_type, seq_no, transaction_info, **more):
            key = transaction_info["transaction_id"]
            values = more.get("meter_value", [])
            self.ledger.sequence(key, seq_no, event_type)
            if event_type == "Started":
                self.ledger.start(key, energy_wh(values), number=key)
            elif event_type == "Updated":
                self.ledger.readings(key, values)
            else:
                self.ledger.stop(key, energy_wh(values))
            if "id_token" not in more:
                return {}
            token = more["id_token"]["id_token"]
            self.ledger.token(token, self.token)
            return {"id_token_info": self.token_status(token)}

    def handler(action, method):
        """Register `method` with the package as the handler of `action`."""

        def handle(self, **payload):
            try:
                answer = method(self, **payload)
            except Exception as error:
                self.ledger.problem(f"{action}: {type(error).__name__} {error}")
                raise
            return getattr(package.call_result, action)(**answer)

        handle.__name__ = f"on_{action}"
        return on(action)(handle)

    kind = Answers16 if version == "1.6" else Answers2
    for action in entry["session"]:
        name = "_".join(camel_to_snake_case({action: 0}))
        setattr(kind, f"on_{action}", handler(action, getattr(kind, name)))
    for action, pair in entry["others"].items():
        answer = pair["response"]

        def other(self, _answer=answer, **_):
            return camel_to_snake_case(fill(_answer, token=self.token, tx=None))

        method = Answers.notify_report if action == "NotifyReport" else other
        setattr(kind, f"on_{action}", handler(action, method))
    return kind


class Server:
    """All stations, and when they have done enough."""

    def __init__(self, options):
        self.options = options
        self.kind = csms_class(options.version)
        self.ledgers = {}
        self.sockets = 0
        self.changed = asyncio.Event()

    def check_password(self, connection, request):
        """HTTP Basic Authentication, when a password is asked for."""
        if self.options.password is None:
            return None
        identity = request.path.rsplit("/", 1)[-1]
        pair = f"{identity}:{self.options.password}".encode()
        wanted = "Basic " + base64.b64encode(pair).decode()
        if request.headers.get("Authorization") == wanted:
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "wrong password\n")

    async def station(self, socket):
        """One connection, from its start to its end."""
        identity = socket.request.path.rsplit("/", 1)[-1]
        ledger = self.ledgers.setdefault(identity, Ledger(identity, self.changed))
        if socket.subprotocol != f"ocpp{self.options.version}":
            ledger.problem(f"sub-protocol {socket.subprotocol}")
            return
        print(f"ok    {identity} connected", flush=True)
        csms = self.kind(identity, socket)
        csms.open(ledger, self.options.token)
        self.sockets += 1
        try:
            await csms.start()
        except websockets.ConnectionClosed:
            print(f"ok    {identity} disconnected", flush=True)
        finally:
            if csms.asking is not None:
                csms.asking.cancel()
            self.sockets -= 1
            self.changed.set()

    def missing(self):
        """What has not happened yet, one line each."""
        lines = [line for ledger in self.ledgers.values() for line in ledger.missing()]
        absent = self.options.expect - len(self.ledgers)
        return lines + ([f"{absent} stations never came"] if absent > 0 else [])

    async def run(self):
        host, port = self.options.listen.rsplit(":", 1)
        async with websockets.serve(
            self.station,
            host,
            int(port),
            subprotocols=[f"ocpp{self.options.version}"],
            process_request=self.check_password,
        ):
            print(f"ok    listening on {self.options.listen}", flush=True)
            try:
                async with asyncio.timeout(self.options.deadline):
                    # The stations are also given the time to leave by themselves.
                    while self.missing() or self.sockets:
                        self.changed.clear()
                        await self.changed.wait()
            except TimeoutError:
                print(f"FAIL  not done after {self.options.deadline} s", flush=True)
                if not self.missing():
                    print(f"FAIL  {self.sockets} stations are still connected")
                    return False
        for line in self.missing():
            print(f"FAIL  missing: {line}")
        # Problems were printed when they happened.
        troubled = any(ledger.problems for ledger in self.ledgers.values())
        return not self.missing() and not troubled


def main():
    parser = argparse.ArgumentParser(description="A CSMS by `ocpp`.")
    parser.add_argument("--listen", required=True, help="HOST:PORT")
    parser.add_argument("--version", required=True, choices=["1.6", "2.0.1", "2.1"])
    parser.add_argument("--expect", required=True, type=int, help="stations")
    parser.add_argument("--token", required=True)
    parser.add_argument("--deadline", type=float, default=300, help="seconds")
    parser.add_argument("--password")
    options = parser.parse_args()
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    good = asyncio.run(Server(options).run())
    print("all sessions complete" if good else "NOT complete", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
