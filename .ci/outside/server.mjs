// A CSMS by the npm package `ocpp-rpc`: accepts stations, demands whole sessions.
//
//   server.mjs --listen HOST:PORT --version 1.6|2.0.1|2.1 --expect N --token TAG
//              [--deadline 300] [--password P]
//
// Every call that arrives must be valid. Each of N stations must boot, start,
// report a rising register, stop, and answer what this server asks in between.
// Exit code 0 when all did; 1 with what is missing when one did not in time.

import { setTimeout as sleep } from 'node:timers/promises';
import { RPCServer } from 'ocpp-rpc';
import { Ledger, energyWh } from './ledger.mjs';
import {
  ANSWER_TIMEOUT_MS,
  expect,
  fill,
  isRefusal,
  messages,
  now,
  parseOptions,
  strict,
} from './library.mjs';

// How long a station may take to do what it promised to do.
const PROMISE_MS = 15_000;

const options = parseOptions('server.mjs --listen A --version V --expect N --token TAG', {
  listen: { type: 'string' },
  version: { type: 'string' },
  expect: { type: 'string' },
  token: { type: 'string' },
  deadline: { type: 'string', default: '300' },
  password: { type: 'string', optional: true },
});
const entry = messages(options.version);

const tokenStatus = (token) => ({ status: token === options.token ? 'Accepted' : 'Invalid' });

/** The answers to the calls of a session, common to all versions. */
const common = (ledger) => ({
  BootNotification: () => ({ currentTime: now(), interval: 60, status: 'Accepted' }),
  Heartbeat: () => {
    ledger.heartbeats += 1;
    return { currentTime: now() };
  },
  StatusNotification: () => ({}),
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  NotifyReport: ({ requestId, tbc }) => {
    if (!tbc) ledger.reports.add(requestId);
    return {};
  },
});

const session16 = (ledger) => ({
  Authorize: ({ idTag }) => ({ idTagInfo: tokenStatus(idTag) }),
  StartTransaction: ({ connectorId, idTag, meterStart, timestamp }) => {
    ledger.token(idTag, options.token);
    const key = [connectorId, idTag, meterStart, timestamp].join('|');
    return { transactionId: ledger.start(key, meterStart), idTagInfo: tokenStatus(idTag) };
  },
  MeterValues: ({ transactionId, meterValue }) => {
    ledger.readings(transactionId, meterValue);
    return {};
  },
  StopTransaction: ({ transactionId, meterStop }) => {
    ledger.stop(transactionId, meterStop);
    return { idTagInfo: { status: 'Accepted' } };
  },
});

const session2 = (ledger) => ({
  Authorize: ({ idToken }) => ({ idTokenInfo: tokenStatus(idToken.idToken) }),
  MeterValues: ({ meterValue }) => {
    energyWh(meterValue);
    return {};
  },
  TransactionEvent: ({ eventType, seqNo, transactionInfo, meterValue = [], idToken }) => {
    const key = transactionInfo.transactionId;
    ledger.sequence(key, seqNo, eventType);
    if (eventType === 'Started') ledger.start(key, energyWh(meterValue), key);
    else if (eventType === 'Updated') ledger.readings(key, meterValue);
    else ledger.stop(key, energyWh(meterValue));
    if (!idToken) return {};
    ledger.token(idToken.idToken, options.token);
    return { idTokenInfo: tokenStatus(idToken.idToken) };
  },
});

/** Waits until the station has done what it accepted to do. */
async function promised(what, kept) {
  for (let waited = 0; waited < PROMISE_MS; waited += 100) {
    if (kept()) return;
    await sleep(100);
  }
  expect(false, `accepted, but ${what} never came`);
}

/** One call; its answer must be legal and kept. */
async function ask(client, ledger, action, payload) {
  const beats = ledger.heartbeats;
  let answer;
  try {
    answer = await client.call(action, payload, { callTimeoutMs: ANSWER_TIMEOUT_MS });
  } catch (error) {
    if (isRefusal(error)) return error.rpcErrorCode;
    throw error;
  }
  if (action === 'GetConfiguration') {
    const unknown = answer.unknownKey ?? [];
    const got = [...(answer.configurationKey ?? []).map(({ key }) => key), ...unknown];
    expect(got.sort().join() === [...payload.key].sort().join(), `got ${got}`);
    expect(unknown.includes('NoSuchKey'), 'it claims to know NoSuchKey');
  } else if (action === 'GetVariables') {
    const results = answer.getVariableResult;
    expect(results.length === 2, `${results.length} results instead of 2`);
    const absent = results.find(({ component }) => component.name === 'NoSuchComponent');
    expect(absent && absent.attributeStatus !== 'Accepted', 'it claims to have NoSuchComponent');
  } else if (action === 'TriggerMessage' && answer.status === 'Accepted') {
    await promised('a Heartbeat', () => ledger.heartbeats > beats);
  } else if (action === 'GetBaseReport' && answer.status === 'Accepted') {
    await promised('the report', () => ledger.reports.has(payload.requestId));
  } else if (action === 'DataTransfer') {
    expect(answer.status !== 'Accepted', 'it accepted an unknown vendor');
  }
  return answer.status ?? 'answered';
}

/** The calls of a CSMS: any honest answer will do, silence will not. */
async function askEverything(client, ledger) {
  await sleep(200); // the boot is answered first
  for (const { action, payload } of entry.csms_calls) {
    try {
      const outcome = await ask(client, ledger, action, payload);
      console.log(`ok    ${ledger.identity} ${action}: ${outcome}`);
    } catch (error) {
      if (!connected.has(client)) return; // it left; it is asked when it is back
      ledger.problem(`${action}: ${error.rpcErrorCode ?? error.name} ${error.message}`);
    }
  }
  ledger.asked = true;
  changed();
}

// All stations, and when they have done enough.

const ledgers = new Map();
const connected = new Set();
let finished = false;

function missing() {
  const lines = [...ledgers.values()].flatMap((ledger) => ledger.missing());
  const absent = Number(options.expect) - ledgers.size;
  return absent > 0 ? [...lines, `${absent} stations never came`] : lines;
}

function finish() {
  finished = true;
  const lines = missing().map((line) => `missing: ${line}`);
  if (connected.size > 0) lines.push(`${connected.size} stations are still connected`);
  lines.forEach((line) => console.log(`FAIL  ${line}`));
  // Problems were printed when they happened.
  const troubled = [...ledgers.values()].some((ledger) => ledger.problems.length > 0);
  const good = lines.length === 0 && !troubled;
  console.log(good ? 'all sessions complete' : 'NOT complete');
  process.exit(good ? 0 : 1);
}

function changed() {
  // The stations are also given the time to leave by themselves.
  if (!finished && missing().length === 0 && connected.size === 0) finish();
}

function station(client) {
  const { identity } = client;
  const ledger = ledgers.get(identity) ?? new Ledger(identity, changed);
  ledgers.set(identity, ledger);
  connected.add(client);
  console.log(`ok    ${identity} connected`);
  client.on('close', () => {
    console.log(`ok    ${identity} disconnected`);
    connected.delete(client);
    changed();
  });
  client.on('strictValidationFailure', ({ method, messageId, outbound, error }) => {
    if (String(messageId).startsWith('bad-')) return;
    ledger.problem(`${outbound ? 'sent' : 'received'} ${method}: ${error.message}`);
  });
  if (client.protocol !== `ocpp${options.version}`) {
    ledger.problem(`sub-protocol ${client.protocol}`);
  }
  const own = options.version === '1.6' ? session16 : session2;
  const answers = { ...common(ledger), ...own(ledger) };
  let asking = false;
  for (const action of [...entry.session, ...Object.keys(entry.others)]) {
    client.handle(action, ({ params }) => {
      if (action === 'BootNotification') {
        ledger.booted = true;
        if (!asking) askEverything(client, ledger);
        asking = true;
      }
      try {
        const names = { token: options.token, tx: null };
        return answers[action]?.(params) ?? fill(entry.others[action].response, names);
      } catch (error) {
        ledger.problem(`${action}: ${error.message}`);
        throw error;
      }
    });
  }
}

const server = new RPCServer(strict(options.version));
server.auth((accept, reject, handshake) => {
  const right = options.password === undefined
    || handshake.password?.toString() === options.password;
  if (right) accept();
  else reject(401, 'wrong password');
});
server.on('client', station);
const [host, port] = options.listen.split(':');
await server.listen(Number(port), host);
console.log(`ok    listening on ${options.listen}`);
setTimeout(() => {
  console.log(`FAIL  not done after ${options.deadline} s`);
  finish();
}, Number(options.deadline) * 1000);
