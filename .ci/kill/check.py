#!/usr/bin/env python3
"""Says what is wrong with the payments and receipts of a database whose manager has settled everything.

    .ci/kill/check.py PATH/TO/ocpp.db
"""

import json
import sqlite3
import sys
from collections import Counter
from decimal import Decimal

FINAL = {"declined", "captured", "released"}


def amount(money):
    return Decimal(money["amount"])


def records(db, kind):
    rows = db.execute("SELECT key, body FROM records WHERE kind = ? ORDER BY key", (kind,))
    return {key: json.loads(body) for key, body in rows}


def check(path):
    """Everything that is wrong, as sentences. Prints what there was to look at."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    holds, payments = records(db, "sandbox_hold"), records(db, "payment")
    receipts, tasks = records(db, "receipt"), records(db, "task")
    sessions = db.execute("SELECT number, key, status, payer FROM sessions ORDER BY number").fetchall()
    db.close()

    wrong = [f"the task {key} is never done" for key in tasks]
    wrong += check_holds(holds, payments)
    wrong += check_payments(payments, holds, {key for _, key, _, _ in sessions})
    wrong += check_sessions(sessions, receipts, payments)
    states = Counter(payment["state"]["state"] for payment in payments.values())
    ways = Counter(receipt["paid"]["by"] for receipt in receipts.values())
    print(f"{len(payments)} payments {dict(states)}, {len(holds)} holds")
    print(f"{len(sessions)} sessions, {len(receipts)} receipts {dict(ways)}")
    for state in ("captured", "released"):
        if not states[state]:
            wrong.append(f"no payment was {state}: this run proves nothing")
    return wrong


def check_holds(holds, payments):
    for key, hold in holds.items():
        captures = list(hold["captured"].values())
        if key.removesuffix("/hold") not in payments:
            yield f"hold {key} belongs to no payment"
        if len(captures) + bool(hold["released"]) != 1:
            yield f"hold {key} is captured {len(captures)} times and released: {hold['released']}"
        if captures and amount(captures[0]) > amount(hold["amount"]):
            yield f"hold {key} of {hold['amount']} is captured for {captures[0]}"


def check_payments(payments, holds, sessions):
    charged = Counter()
    for key, payment in payments.items():
        state, hold = payment["state"], holds.get(f"{key}/hold")
        if state["state"] not in FINAL:
            yield f"payment {key} is {state['state']}"
        if state["state"] == "captured":
            captures = [amount(money) for money in hold["captured"].values()] if hold else []
            if captures != [amount(state["amount"])]:
                yield f"payment {key} says {state['amount']}, the sandbox {captures}"
        if state["state"] == "released" and not (hold and hold["released"]):
            yield f"payment {key} says that it is released, the sandbox does not"
        if payment["session"] is not None:
            charged[payment["session"]] += 1
            if payment["session"] not in sessions:
                yield f"payment {key} charges a session that is not there"
    for session, times in charged.items():
        if times > 1:
            yield f"session {session} is charged by {times} payments"


def check_sessions(sessions, receipts, payments):
    issued = Counter(receipt["session"] for receipt in receipts.values())
    of_session = {receipt["session"]: receipt for receipt in receipts.values()}
    for number, key, status, payer in sessions:
        if status != "completed":
            yield f"session {number} is {status}"
        if issued[key] != 1:
            yield f"session {number} has {issued[key]} receipts"
            continue
        yield from check_receipt(number, of_session[key], json.loads(payer), payments)
    for key in issued - Counter(key for _, key, _, _ in sessions):
        yield f"a receipt belongs to session {key}, which is not there"


def check_receipt(number, receipt, payer, payments):
    cost, paid = receipt["cost"], receipt["paid"]
    total = amount(cost["total_incl_tax"])
    if sum(amount(line["gross"]) for line in cost["lines"]) != total:
        yield f"the lines of receipt {number} do not add up to {total}"
    accounted = sum(amount(paid[part]) for part in ("captured", "open") if part in paid)
    if paid["by"] != "nothing" and accounted != total:
        yield f"receipt {number} over {total} accounts for {accounted}"
    if "captured" in paid:
        state = payments[paid["payment"]]["state"]
        if payer != {"payment": paid["payment"]} or amount(state["amount"]) != amount(paid["captured"]):
            yield f"receipt {number} is paid by {paid}, the session by {payer} with {state}"


if __name__ == "__main__":
    found = check(sys.argv[1])
    print("\n".join(found) or "nothing is wrong")
    sys.exit(bool(found))
