// What a station has done so far, and what a whole session still lacks.
//
// The Python server keeps the same ledger in `ledger.py`.

const FACTORS = { Wh: 1, kWh: 1000 };
const REGISTER = 'Energy.Active.Import.Register';

/** The last imported register among meter values, in Wh, or null. */
export function energyWh(meterValues) {
  let found = null;
  for (const sample of meterValues.flatMap((meterValue) => meterValue.sampledValue)) {
    if ((sample.measurand ?? REGISTER) !== REGISTER || sample.phase) continue;
    const unit = sample.unit ?? sample.unitOfMeasure?.unit ?? 'Wh';
    if (!(unit in FACTORS)) throw new Error(`${unit} is no unit of energy`);
    found = Number(sample.value) * FACTORS[unit] * 10 ** (sample.unitOfMeasure?.multiplier ?? 0);
  }
  return found;
}

/** One station. */
export class Ledger {
  booted = false;
  asked = false;
  heartbeats = 0;
  reports = new Set();
  transactions = new Map();
  numbers = new Map();
  sequences = new Map();
  problems = [];

  constructor(identity, changed) {
    this.identity = identity;
    this.changed = changed;
  }

  /** Something that makes the whole run fail. */
  problem(text) {
    this.problems.push(`${this.identity} ${text}`);
    console.log(`FAIL  ${this.identity} ${text}`);
    this.changed();
  }

  token(got, wanted) {
    if (got !== wanted) this.problem(`came with the token ${got} instead of ${wanted}`);
  }

  /** Begins a transaction; a repeated start gets the same number again. */
  start(key, register, number = this.numbers.size + 1) {
    if (!this.numbers.has(key)) {
      this.numbers.set(key, number);
      this.transactions.set(number, { number, registers: [], between: 0, stopped: false });
      this.register(number, register);
    }
    return this.numbers.get(key);
  }

  /** 2.x counts events from 0 without gaps; a repetition is allowed. */
  sequence(key, seqNo, kind) {
    const last = this.sequences.get(key) ?? -1;
    if (seqNo !== last && seqNo !== last + 1) {
      this.problem(`${kind} has seqNo ${seqNo} after ${last}`);
    }
    this.sequences.set(key, Math.max(last, seqNo));
  }

  /** A register reading in Wh; it must never fall. */
  register(number, value) {
    if (value === null) return;
    const { registers } = this.transactions.get(number);
    if (value < registers.at(-1)) {
      this.problem(`the register falls from ${registers.at(-1)} to ${value}`);
    }
    registers.push(value);
    this.changed();
  }

  known(number) {
    const known = this.transactions.has(number);
    if (!known) this.problem(`speaks of the unknown transaction ${number}`);
    return known;
  }

  /** Meter values while charging. */
  readings(number, meterValues) {
    const value = energyWh(meterValues);
    if (number === undefined || !this.known(number) || value === null) return;
    const transaction = this.transactions.get(number);
    if (transaction.stopped) return;
    this.register(number, value);
    transaction.between += 1;
  }

  stop(number, register) {
    if (!this.known(number) || this.transactions.get(number).stopped) return;
    this.register(number, register);
    this.transactions.get(number).stopped = true;
    this.changed();
  }

  /** What this station still owes, one line each. */
  missing() {
    const lines = [];
    if (!this.booted) lines.push('never booted');
    if (!this.asked) lines.push('has not answered every call');
    const transactions = [...this.transactions.values()];
    const whole = ({ registers, between, stopped }) =>
      stopped && between > 0 && registers.length > 1 && registers.at(-1) > registers[0];
    if (!transactions.some(whole)) {
      lines.push(`no whole session (${JSON.stringify(transactions)})`);
    }
    return lines.map((line) => `${this.identity} ${line}`);
  }
}
