#!/usr/bin/env python3
"""Compares our reading of signed meter values with the Python package pyocmf.

    ocmf.py PATH_TO_CHECK_OCMF [--transactions N] [--seed N]

PATH_TO_CHECK_OCMF is the example `check_ocmf` of ocpp-core. Transactions are made up and signed by OpenSSL on
every curve that we support; most get a fault: a changed byte, another key, a meter out of order, a register that
runs backwards. Then both are asked. They have to agree on every signature. What we bill, pyocmf must accept, with
the energy that was made up; what pyocmf calls an error, we must not bill. (We object to more: gaps in the
pagination, and clocks that are not synchronised when time is billed, are only warnings there.)
"""

import argparse
import base64
import json
import random
import subprocess
import sys
import warnings
from decimal import Decimal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyocmf import OCMF, PyOCMFError

CURVES = {
    "secp256r1": ec.SECP256R1(),
    "secp256k1": ec.SECP256K1(),
    "secp384r1": ec.SECP384R1(),
    # The other spelling of brainpool256r1, the only one under which pyocmf 0.6 takes a key of this curve.
    "brainpoolP256r1": ec.BrainpoolP256R1(),
}


def der(key):
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def reading(minute, clock, tx, value):
    time = f"2026-01-31T12:{minute:02}:00,000+0100 {clock}"
    return {"TM": time, "TX": tx, "RV": value, "RI": "1-b:1.8.0", "RU": "kWh", "RT": "AC", "EF": "", "ST": "G"}


def text_of(members, dice):
    """JSON as some meter may write it: with or without white space, and the digits of RV as they are."""
    space = dice.choice(["", " ", "\n  "])
    text = json.dumps(members, separators=("," + space, ":" + dice.choice(["", " "])))
    for value in {r["RV"] for r in members["RD"] if "RV" in r}:
        text = text.replace(f'"{value}"', value)
    return text


FAULTS = [
    None, None, None, "byte", "signature", "key", "status", "error", "exception", "backwards", "no begin",
    "no end", "register", "unit", "clock", "time", "level", "serial", "gap",
]


def transaction(dice, curve):
    """One transaction: its key, its texts, the energy in Wh, and what was done to it."""
    key = ec.generate_private_key(CURVES[curve])
    fault = dice.choice(FAULTS)
    begin = Decimal(dice.randrange(10_000_000)).scaleb(-3)
    end = begin + Decimal(dice.randrange(100_000)).scaleb(-3)
    clock = dice.choice("SSRI")
    first, last = reading(0, clock, "B", str(begin)), reading(45, clock, dice.choice("ELRA"), str(end))
    billed_time = clock != "I" and dice.random() < 0.5
    if fault == "status":
        dice.choice([first, last])["ST"] = dice.choice("NTDRMXIOSEF")
    if fault == "error":
        dice.choice([first, last])["EF"] = "E"
    if fault == "exception":
        first["TX"] = "X"
    if fault == "backwards":
        last["RV"] = str(begin - Decimal("0.001"))
    if fault == "no begin":
        first["TX"] = "C"
    if fault == "no end":
        last["TX"] = "C"
    if fault == "register":
        last["RI"] = "1-b:2.8.0"
    if fault == "unit":
        last["RU"] = "Wh"
    if fault == "clock":
        billed_time = True
        first["TM"], last["TM"] = first["TM"][:-1] + "R", last["TM"][:-1] + "S"
    if fault == "time":
        last["TM"] = "2026-01-30" + last["TM"][10:]
    page = dice.randrange(1, 10_000)
    sets = [[first, last]] if dice.random() < 0.5 else [[first], [last]]
    texts = []
    for number, readings in enumerate(sets):
        members = {
            "FV": "1.0", "GI": "Gateway", "GS": "G1", "GV": "1", "PG": f"T{page + number}", "MV": "EMH", "MM": "eHZ",
            "MS": "M1", "MF": "1", "IS": True, "IL": "TRUSTED", "IF": ["RFID_PLAIN"], "IT": "ISO14443", "ID": "04A1B2C3",
        }
        if fault == "level":
            members["IL"] = "MISMATCH"
        if fault == "serial" and number == 1:
            members |= {"GS": "G2", "MS": "M2"}
        if fault == "gap" and number == 1:
            members["PG"] = f"T{page + 5}"
        # What is equal to the reading before may be left out.
        if len(readings) == 2 and dice.random() < 0.5:
            readings[1] = {n: v for n, v in readings[1].items() if n in ("TM", "TX") or readings[0][n] != v}
        payload = text_of(members | {"RD": readings}, dice)
        signature = key.sign(payload.encode(), ec.ECDSA(hashes.SHA256()))
        if fault == "signature" and number == 0:
            at = dice.randrange(len(signature))
            changed = signature[at] ^ (1 << dice.randrange(8))
            signature = signature[:at] + bytes([changed]) + signature[at + 1 :]
        section = {"SA": f"ECDSA-{curve}-SHA256"}
        if dice.random() < 0.5:
            section |= {"SE": "base64", "SD": base64.b64encode(signature).decode()}
        else:
            section |= {"SD": signature.hex()}
        if fault == "byte" and number == 0:
            payload = payload.replace("04A1B2C3", "04A1B2C4")
        texts.append(f"OCMF|{payload}|{json.dumps(section)}")
    if fault == "key":
        key = ec.generate_private_key(CURVES[curve])
    return {"key": der(key).hex(), "sets": texts, "time": billed_time}, (end - begin) * 1000, fault


def ask_pyocmf(question):
    """Whether every signature fits, and what pyocmf calls errors."""
    try:
        sets = [OCMF.from_string(text) for text in question["sets"]]
    except PyOCMFError as error:
        return False, [str(error)]
    verified = True
    for one in sets:
        try:
            verified = one.verify_signature(question["key"]) and verified
        except PyOCMFError:
            verified = False
    issues = sets[0].check_eichrecht(*sets[1:], errors_only=True)
    # A set of its own without both ends is checked reading by reading: it lacks an end all the same.
    if len(sets) == 1 and not {"B"} & {str(r.TX.value) for r in sets[0].payload.RD if r.TX}:
        issues.append("no begin")
    return verified, [str(getattr(issue, "message", issue)) for issue in issues]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("check_ocmf")
    parser.add_argument("--transactions", type=int, default=800)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    dice = random.Random(options.seed)
    cases = [transaction(dice, dice.choice(list(CURVES))) for _ in range(options.transactions)]
    lines = "".join(json.dumps(question) + "\n" for question, _, _ in cases)
    run = subprocess.run([options.check_ocmf], input=lines, capture_output=True, text=True, check=True, timeout=120)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(cases), f"{len(answers)} answers to {len(cases)} questions"

    wrong, verified, billed = [], 0, 0
    for (question, energy, fault), ours in zip(cases, answers):
        theirs, issues = ask_pyocmf(question)
        verified += theirs
        bill = ours.get("energy_wh")
        if ours.get("verified", False) != theirs:
            wrong.append(("signature", fault, ours, issues, question))
        elif bill is not None and (issues or not theirs or Decimal(bill) != energy):
            wrong.append(("bill", fault, ours, issues, question))
        elif bill is None and fault is None:
            wrong.append(("no bill", fault, ours, issues, question))
        billed += bill is not None
    for kind, fault, ours, issues, question in wrong[:10]:
        print(f"FAIL  {kind}, fault {fault}: we say {ours}, pyocmf {issues}: {json.dumps(question)}")
    if wrong:
        sys.exit(f"FAIL  {len(wrong)} of {len(cases)} transactions: we disagree with pyocmf")
    if not 0 < billed < verified < len(cases):
        sys.exit(f"FAIL  {verified} verified and {billed} billed of {len(cases)}: the sample proves nothing")
    print(f"ok    pyocmf agrees on {len(cases)} transactions: {verified} verified, {billed} billed")


if __name__ == "__main__":
    main()
