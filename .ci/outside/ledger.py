"""What a station has done so far, and what a whole session still lacks.

The Node server keeps the same ledger in `ledger.mjs`.
"""

UNITS = {"Wh": 1, "kWh": 1000}


def energy_wh(meter_values):
    """The last imported register among meter values, in Wh, or None."""
    found = None
    for meter_value in meter_values:
        for sample in meter_value["sampled_value"]:
            measurand = sample.get("measurand", "Energy.Active.Import.Register")
            if measurand != "Energy.Active.Import.Register" or "phase" in sample:
                continue
            unit = sample.get("unit_of_measure", {})
            name = sample.get("unit") or unit.get("unit", "Wh")
            factor = UNITS[name] * 10 ** unit.get("multiplier", 0)
            found = float(sample["value"]) * factor
    return found


class Transaction:
    """The registers of one transaction in the order in which they came."""

    def __init__(self, number):
        self.number = number
        self.registers = []
        self.between = 0
        self.stopped = False


class Ledger:
    """One station."""

    def __init__(self, identity, changed):
        self.identity = identity
        self.changed = changed
        self.booted = False
        self.asked = False
        self.heartbeats = 0
        self.reports = set()
        self.transactions = {}
        self.numbers = {}
        self.sequences = {}
        self.problems = []

    def problem(self, text):
        """Something that makes the whole run fail."""
        self.problems.append(f"{self.identity} {text}")
        print(f"FAIL  {self.identity} {text}", flush=True)
        self.changed.set()

    def token(self, got, wanted):
        if got != wanted:
            self.problem(f"came with the token {got} instead of {wanted}")

    def start(self, key, register, number=None):
        """Begin a transaction; a repeated start gets the same number again."""
        if key not in self.numbers:
            number = number or len(self.numbers) + 1
            self.numbers[key] = number
            self.transactions[number] = Transaction(number)
            self.register(number, register)
        return self.numbers[key]

    def sequence(self, key, seq_no, kind):
        """2.x counts events from 0 without gaps; a repetition is allowed."""
        last = self.sequences.get(key, -1)
        if seq_no not in (last, last + 1):
            self.problem(f"{kind} has seqNo {seq_no} after {last}")
        self.sequences[key] = max(last, seq_no)

    def register(self, number, value):
        """A register reading in Wh; it must never fall."""
        if value is None:
            return
        registers = self.transactions[number].registers
        if registers and value < registers[-1]:
            self.problem(f"the register falls from {registers[-1]} to {value}")
        registers.append(value)
        self.changed.set()

    def known(self, number):
        if number not in self.transactions:
            self.problem(f"speaks of the unknown transaction {number}")
            return False
        return True

    def values_valid(self, meter_values):
        """Meter values outside a transaction: their units must make sense."""
        energy_wh(meter_values)

    def readings(self, number, meter_values):
        """Meter values while charging."""
        if number is None or not self.known(number):
            return
        value = energy_wh(meter_values)
        if value is not None and not self.transactions[number].stopped:
            self.register(number, value)
            self.transactions[number].between += 1

    def stop(self, number, register):
        if not self.known(number) or self.transactions[number].stopped:
            return
        self.register(number, register)
        self.transactions[number].stopped = True
        self.changed.set()

    def whole(self, transaction):
        """Stopped, with a reading in between, and with more energy than before."""
        registers = transaction.registers
        rising = len(registers) > 1 and registers[-1] > registers[0]
        return transaction.stopped and transaction.between > 0 and rising

    def missing(self):
        """What this station still owes, one line each."""
        lines = []
        if not self.booted:
            lines.append("never booted")
        if not self.asked:
            lines.append("has not answered every call")
        if not any(self.whole(item) for item in self.transactions.values()):
            seen = [
                f"{item.number}: registers {item.registers}, {item.between} in between, "
                + ("stopped" if item.stopped else "not stopped")
                for item in self.transactions.values()
            ]
            lines.append(f"no whole session ({'; '.join(seen) or 'no transaction'})")
        return [f"{self.identity} {line}" for line in lines]
