"""What both Python programs need around the package `ocpp`.

The package does the work (typed messages, schema validation, matching of
answers); this file adds raw frames for input that the package would refuse to
send, and repairs the few places where the package itself misbehaves.
"""

import asyncio
import importlib
import json
import uuid
from datetime import datetime, timezone
from pathlib import Path

from ocpp.charge_point import (
    camel_to_snake_case,
    remove_nones,
    serialize_as_dict,
    snake_to_camel_case,
)
from ocpp.exceptions import NotImplementedError as NotImplementedByPeer
from ocpp.exceptions import NotSupportedError as NotSupportedByPeer

MODULES = {"1.6": "ocpp.v16", "2.0.1": "ocpp.v201", "2.1": "ocpp.v21"}

# Requests that `ocpp` 2.1.0 cannot write; they go out as raw frames. An entry
# that is no longer needed is an error, so that the list only shrinks.
MANGLED = {
    ("2.1", "BatterySwap"): "soC and soH leave as SoC and soh",
    ("2.1", "Get15118EVCertificate"): "the class misspells iso15118SchemaVersion",
}

# How much a clock may differ, and how long an answer may take.
CLOCK_TOLERANCE_S = 60
ANSWER_TIMEOUT_S = 20

REFUSALS = (NotImplementedByPeer, NotSupportedByPeer)


class Unexpected(Exception):
    """Something happened that must not happen; the text says what."""


def expect(condition, text):
    """Fail the current step with `text` unless `condition` holds."""
    if not condition:
        raise Unexpected(text)


def now():
    """The present as an RFC 3339 text in UTC with milliseconds."""
    stamp = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def expect_current(text):
    """Fail unless `text` is a time that agrees with our own clock."""
    try:
        stamp = datetime.fromisoformat(text.replace("Z", "+00:00"))
        away = abs((datetime.now(timezone.utc) - stamp).total_seconds())
    except (AttributeError, TypeError, ValueError) as error:
        raise Unexpected(f"{text!r} is no time with a zone: {error}") from error
    expect(away < CLOCK_TOLERANCE_S, f"the time {text} is {away:.0f} s away from ours")


def messages(version):
    """The entry of `messages.json` for one version, with what it extends."""
    everything = json.loads((Path(__file__).parent / "messages.json").read_text())
    entry = everything[version]
    if base := entry.get("extends"):
        base = messages(base)
        merged = {**base, **entry}
        merged["others"] = {**base["others"], **entry["others"]}
        return merged
    return entry


def fill(value, **names):
    """`value` with the texts `$now`, `$tx` and so on replaced."""
    if isinstance(value, dict):
        return {key: fill(member, **names) for key, member in value.items()}
    if isinstance(value, list):
        return [fill(member, **names) for member in value]
    if isinstance(value, str) and value.startswith("$"):
        return now() if value == "$now" else names[value[1:]]
    return value


def modules(version):
    """The package's module for `version`: ChargePoint, call and call_result."""
    return importlib.import_module(MODULES[version])


def typed(namespace, action, payload):
    """The package's own object for a JSON payload, or None if it mangles it."""
    try:
        message = getattr(namespace, action)(**camel_to_snake_case(payload))
    except TypeError:
        return None
    written = remove_nones(snake_to_camel_case(serialize_as_dict(message)))
    return message if written == payload else None


class RawFrames:
    """Mixin for the package's ChargePoint: raw frames in and out."""

    def prepare_raw(self):
        """Call once after the constructor."""
        self.raw_answers = {}

    async def send_text(self, text, answer_id):
        """Send any text and return the frame that answers with `answer_id`."""
        answer = asyncio.get_running_loop().create_future()
        self.raw_answers[answer_id] = answer
        await self._connection.send(text)
        try:
            return await asyncio.wait_for(answer, ANSWER_TIMEOUT_S)
        except asyncio.TimeoutError as error:
            raise Unexpected(f"no answer within {ANSWER_TIMEOUT_S} s") from error
        finally:
            del self.raw_answers[answer_id]

    async def send_call(self, message_id, action, payload):
        """Send a CALL that the package does not look at."""
        return await self.send_text(
            json.dumps([2, message_id, action, payload]), message_id
        )

    async def route_message(self, text):
        """Give raw answers to whom they belong, everything else to the package."""
        frame = frame_of(text)
        if frame and frame[0] in (3, 4) and frame[1] in self.raw_answers:
            waiting = self.raw_answers[frame[1]]
            if not waiting.done():
                waiting.set_result(frame)
            return
        if frame and frame[0] == 2 and self.package_is_silent(frame[2]):
            refusal = [4, frame[1], "NotImplemented", f"{frame[2]} is unknown here", {}]
            await self._connection.send(json.dumps(refusal))
            return
        await super().route_message(text)

    def package_is_silent(self, action):
        """`ocpp` 2.1.0 never answers a call without a handler in version 2.1."""
        return self._ocpp_version == "2.1" and action not in self.route_map


def frame_of(text):
    """The frame as a list, or None if the text is no OCPP frame."""
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    whole = isinstance(frame, list) and len(frame) >= 3 and isinstance(frame[1], str)
    return frame if whole else None


def fresh_id(prefix=""):
    """A message id of at most 36 characters."""
    return (prefix + str(uuid.uuid4()))[:36]
