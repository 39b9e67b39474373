"""Checks recorded frames against the official schemas.

    check_frames.py --schemas DIR [--at-least N] [--all-station-calls] FILE...

FILE comes from `frames.py`; DIR holds `1.6/schemas`, `1.6/schemas-security`,
`2.0.1/schemas` and `2.1/schemas`. Every call, answer and SEND is validated,
date-times included; answers are matched by id and direction. A call without
an answer, an answer without a call, an illegal error code, an over-long id or
an action in the wrong direction is a violation, too. Calls whose id (or text
without an id) begins with `bad-` are wrong on purpose and not validated, but
their answers are.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from jsonschema.validators import validator_for
from library import messages

VERSIONS = ("1.6", "2.0.1", "2.1")
FOLDERS = {
    "1.6": ("1.6/schemas", "1.6/schemas-security"),
    "2.0.1": ("2.0.1/schemas",),
    "2.1": ("2.1/schemas",),
}

# Codes of CALLERROR. 1.6 keeps two misspelt names; so do we.
COMMON = {
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "PropertyConstraintViolation",
    "TypeConstraintViolation",
    "GenericError",
}
LATER = COMMON | {
    "FormatViolation",
    "OccurrenceConstraintViolation",
    "MessageTypeNotSupported",
    "RpcFrameworkError",
}
CODES = {
    "1.6": COMMON | {"FormationViolation", "OccurenceConstraintViolation"},
    "2.0.1": LATER,
    "2.1": LATER,
}

# Mistakes of the outside packages: (program that sent it, version, what it is
# about, a part of the complaint, why). Nothing here excuses our own programs.
KNOWN = [
    (
        "ocpp-rpc/2.2.1",
        "1.6",
        "CALLERROR",
        "code OccurrenceConstraintViolation",
        "turns the misspelt name of 1.6 into the right one, which 1.6 does not have",
    ),
    (
        "ocpp-rpc/2.2.1",
        "2.0.1",
        "CALLERROR",
        "code OccurenceConstraintViolation",
        "uses the misspelt name of 1.6 where 2.0.1 has the right one",
    ),
    (
        "ocpp-rpc/2.2.1",
        "2.1",
        "CALLERROR",
        "code OccurenceConstraintViolation",
        "uses the misspelt name of 1.6 where 2.1 has the right one",
    ),
    (
        "ocpp-rpc/2.2.1",
        "1.6",
        "CALLERROR",
        "code RpcFrameworkError",
        "answers a frame that is no JSON with a code of 2.0.1",
    ),
    (
        "ocpp-rpc/2.2.1",
        "2.1",
        "CALLERROR",
        "MessageTypeNotSupported for -1",
        "does not know messages of type 6 and answers them",
    ),
]

# A call that is younger than this when its connection ends needs no answer.
GRACE_S = 2


class Schemas:
    """Validators by version and file name, loaded when first needed."""

    def __init__(self, folder):
        self.files = {
            version: {
                path.stem: path
                for name in FOLDERS[version]
                for path in sorted((Path(folder) / name).glob("*.json"))
            }
            for version in VERSIONS
        }
        for version, files in self.files.items():
            if not files:
                sys.exit(f"no schemas of {version} in {folder}: set --schemas to their place")
        self.loaded = {}

    def validator(self, version, name):
        """The validator of one message, or None if there is no such message."""
        path = self.files[version].get(name)
        if path is None:
            return None
        if path not in self.loaded:
            text = path.read_text(encoding="utf-8-sig")
            # Decimal, because 1.6 demands multiples of 0.1.
            schema = json.loads(text, parse_float=Decimal)
            kind = validator_for(schema)
            if "date-time" not in kind.FORMAT_CHECKER.checkers:
                sys.exit("date-times are not checked: install rfc3339-validator")
            self.loaded[path] = kind(schema, format_checker=kind.FORMAT_CHECKER)
        return self.loaded[path]


@dataclass
class Connection:
    """What is known of one connection while its log is read."""

    version: str
    client: str
    server: str
    calls: dict = field(default_factory=dict)

    def sender(self, direction):
        return (self.client if direction == "up" else self.server) or "unknown"


class Checker:
    """Reads logs, counts what is right, and keeps what is wrong."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.checked = Counter()
        self.excused = Counter()
        self.on_purpose = 0
        self.refused = Counter()
        self.answered = {version: set() for version in VERSIONS}
        self.violations = []
        self.station_calls = {}
        for version in VERSIONS:
            entry = messages(version)
            self.station_calls[version] = {*entry["session"], *entry["others"]}
            self.station_calls[version] |= {*entry["sends"]}

    def complain(self, connection, direction, about, text):
        """A violation, unless the sender is known for it."""
        sender = connection.sender(direction)
        for program, version, kind, part, reason in KNOWN:
            excused = sender.startswith(program) and version == connection.version
            if excused and kind == about and part in text:
                self.excused[f"{program} {version}: {reason}"] += 1
                return
        arrow = "station to CSMS" if direction == "up" else "CSMS to station"
        self.violations.append(
            f"{self.place}: {connection.version} {arrow}, sent by {sender}: {about}: {text}"
        )

    def validate(self, connection, direction, schema, payload):
        """One payload against one official schema."""
        version = connection.version
        validator = self.schemas.validator(version, schema)
        if validator is None:
            self.complain(connection, direction, schema, "no such message in this version")
            return
        self.checked[version] += 1
        for error in validator.iter_errors(payload):
            where = "/".join(str(part) for part in error.absolute_path) or "payload"
            self.complain(connection, direction, schema, f"{where}: {error.message[:300]}")

    def read(self, path):
        connections = {}
        for number, line in enumerate(Path(path).read_text().splitlines(), 1):
            self.place = f"{Path(path).name}:{number}"
            record = json.loads(line)
            key, event = record["conn"], record["event"]
            if event == "open":
                self.open(connections, key, record)
            elif event == "frame" and key in connections:
                connection = connections[key]
                self.frame(connection, record["dir"], record["text"], record["at"])
            elif event == "gone" and key in connections:
                self.gone(connections.pop(key), record["at"])

    def open(self, connections, key, record):
        protocol = record["protocol"] or ""
        version = protocol.removeprefix("ocpp")
        if record["status"] != 101:
            return
        if version not in VERSIONS:
            self.violations.append(f"{self.place}: sub-protocol {protocol!r}")
            return
        connections[key] = Connection(version, record["client"], record["server"])

    def frame(self, connection, direction, text, at):
        """One frame of any kind."""
        try:
            frame = json.loads(text, parse_float=Decimal)
        except ValueError:
            if direction == "up" and text.startswith("bad-"):
                self.on_purpose += 1
            else:
                self.complain(connection, direction, "frame", f"no JSON: {text[:100]}")
            return
        if not isinstance(frame, list) or len(frame) < 2 or not isinstance(frame[1], str):
            self.complain(connection, direction, "frame", f"no OCPP frame: {text[:100]}")
            return
        if not 0 < len(frame[1]) <= 36:
            self.complain(connection, direction, "frame", f"message id {frame[1]!r}")
        kinds = {2: self.call, 3: self.result, 4: self.error}
        if connection.version == "2.1":
            kinds |= {5: self.error, 6: self.send}
        lengths = {2: 4, 3: 3, 4: 5, 5: 5, 6: 4}
        kind = kinds.get(frame[0])
        if kind is None or len(frame) != lengths[frame[0]]:
            self.complain(connection, direction, "frame", f"shape of {text[:100]}")
            return
        kind(connection, direction, frame, at)

    def call(self, connection, direction, frame, at):
        _, key, action, payload = frame
        connection.calls.setdefault((direction, key), []).append((action, at))
        if key.startswith("bad-"):
            self.on_purpose += 1
            return
        self.legal_direction(connection, direction, action)
        schema = action if connection.version == "1.6" else f"{action}Request"
        self.validate(connection, direction, schema, payload)

    def send(self, connection, direction, frame, _):
        action, payload = frame[2:]
        self.legal_direction(connection, direction, action)
        self.validate(connection, direction, action, payload)
        self.answered[connection.version].add(action)

    def legal_direction(self, connection, direction, action):
        from_station = action in self.station_calls[connection.version]
        if from_station != (direction == "up") and action != "DataTransfer":
            self.complain(connection, direction, action, "goes in the wrong direction")

    def answered_call(self, connection, direction, key):
        """The action that this answer belongs to; an answer is used up."""
        origin = "down" if direction == "up" else "up"
        waiting = connection.calls.get((origin, key))
        if not waiting:
            return None
        action, _ = waiting.pop(0)
        return action

    def result(self, connection, direction, frame, _):
        _, key, payload = frame
        action = self.answered_call(connection, direction, key)
        if action is None:
            self.complain(connection, direction, "CALLRESULT", f"no call has the id {key}")
            return
        self.validate(connection, direction, f"{action}Response", payload)
        if direction == "down" and not key.startswith("bad-"):
            self.answered[connection.version].add(action)

    def error(self, connection, direction, frame, _):
        kind, key, code, description, details = frame
        # Type 5 answers an answer; only type 4 uses up a call.
        unreadable = key == "-1"
        action = self.answered_call(connection, direction, key) if kind == 4 else key
        if action is None and not unreadable:
            self.complain(connection, direction, "CALLERROR", f"no call has the id {key}")
        # 2.1 demands silence after a message of an unknown type.
        unknown_type = connection.version == "2.1" and code == "MessageTypeNotSupported"
        if action is None and unreadable and unknown_type:
            self.complain(connection, direction, "CALLERROR", f"{code} for {key}")
        self.checked[connection.version] += 1
        self.refused[f"{connection.version} {action or 'unreadable'}: {code}"] += 1
        if code not in CODES[connection.version]:
            self.complain(connection, direction, "CALLERROR", f"code {code}")
        if not isinstance(description, str) or len(description) > 255:
            self.complain(connection, direction, "CALLERROR", "description of over 255")
        if not isinstance(details, dict):
            self.complain(connection, direction, "CALLERROR", f"details {details!r}")
        if action and direction == "down" and code in ("NotImplemented", "NotSupported"):
            self.answered[connection.version].add(action)

    def gone(self, connection, at):
        for (direction, key), waiting in connection.calls.items():
            for action, since in waiting:
                if at - since > GRACE_S:
                    other = "down" if direction == "up" else "up"
                    self.complain(connection, other, action, f"never answered, id {key}")

    def lacking(self):
        """Calls and SENDs of a station that no recording shows answered."""
        for version in VERSIONS:
            for action in sorted(self.station_calls[version] - self.answered[version]):
                yield f"{version} {action}: never seen with an answer"


def main():
    parser = argparse.ArgumentParser(description="Checks recorded frames.")
    parser.add_argument("--schemas", required=True, help="folder of official schemas")
    parser.add_argument("--at-least", type=int, default=1, help="fail below that many")
    parser.add_argument(
        "--all-station-calls",
        action="store_true",
        help="fail unless every call of a station was answered in every version",
    )
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    checker = Checker(Schemas(options.schemas))
    for path in options.files:
        checker.read(path)
    wrong = checker.violations
    if options.all_station_calls:
        wrong = wrong + list(checker.lacking())
    total = sum(checker.checked.values())
    if total < options.at_least:
        wrong.append(f"only {total} frames checked, {options.at_least} expected")
    for line in wrong:
        print(f"FAIL  {line}")
    for what, count in sorted(checker.refused.items()):
        print(f"      {count} x refused {what}")
    for reason, count in sorted(checker.excused.items()):
        print(f"      {count} x excused {reason}")
    counts = ", ".join(f"{version}: {checker.checked[version]}" for version in VERSIONS)
    print(f"{total} frames checked ({counts}), {checker.on_purpose} wrong on purpose")
    print("FAILED" if wrong else "ok", f"- {len(wrong)} violations")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
