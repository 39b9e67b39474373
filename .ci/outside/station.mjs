// A charging station by the npm package `ocpp-rpc`: one whole session.
//
//   station.mjs --url ws://HOST:PORT/ocpp/ID --version 1.6|2.0.1|2.1 --token TAG
//               [--password P] [--energy-wh 4200] [--lax-errors]
//
// Prints a line per step. Exit code 0 only if every step went as it must.
// Messages that are wrong on purpose carry an id (or begin) with `bad-`.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RPCClient, createRPCError } from 'ocpp-rpc';
import {
  ANSWER_TIMEOUT_MS,
  expect,
  expectCurrent,
  fill,
  isRefusal,
  messages,
  now,
  parseOptions,
  strict,
} from './library.mjs';

const METER_START_WH = 1000;

// The CALLERROR code that each kind of bad payload deserves.
const codes = (version) => ({
  'a required member is missing':
    version === '1.6' ? 'OccurenceConstraintViolation' : 'OccurrenceConstraintViolation',
  'a member has the wrong type': 'TypeConstraintViolation',
  'a text is too long': 'PropertyConstraintViolation',
});

/** One session: the steps in order, and how many of them failed. */
class Run {
  steps = 0;
  failures = 0;
  transaction = null;

  constructor(client, options) {
    this.client = client;
    this.options = options;
    this.version = options.version;
    this.energy = Number(options['energy-wh']);
    this.rawAnswers = new Map();
    client.on('message', ({ message, outbound }) => outbound || this.sniff(message));
  }

  /** Runs one step, prints its outcome, and remembers a failure. */
  async step(name, work) {
    this.steps += 1;
    try {
      console.log(`ok    ${name}: ${await work()}`);
    } catch (error) {
      this.failures += 1;
      console.log(`FAIL  ${name}: ${error.rpcErrorCode ?? error.name}: ${error.message}`);
    }
  }

  call(action, payload) {
    return this.client.call(action, payload, { callTimeoutMs: ANSWER_TIMEOUT_MS });
  }

  /** Gives answers to raw frames to whom they belong. */
  sniff(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (Array.isArray(frame) && [3, 4].includes(frame[0])) {
      this.rawAnswers.get(frame[1])?.(frame);
    }
  }

  /** Sends any text and returns the frame that answers with `answerId`. */
  async sendText(text, answerId) {
    const answer = new Promise((resolve) => this.rawAnswers.set(answerId, resolve));
    this.client.sendRaw(text);
    const late = new AbortController();
    const timeout = sleep(ANSWER_TIMEOUT_MS, null, { signal: late.signal }).catch(() => null);
    const frame = await Promise.race([answer, timeout]);
    late.abort();
    this.rawAnswers.delete(answerId);
    expect(frame, `no answer within ${ANSWER_TIMEOUT_MS} ms`);
    return frame;
  }

  // What every version has.

  async boot() {
    const answer = await this.call(
      'BootNotification',
      this.version === '1.6'
        ? { chargePointVendor: 'Outside', chargePointModel: 'Node' }
        : { reason: 'PowerUp', chargingStation: { vendorName: 'Outside', model: 'Node' } },
    );
    expect(answer.status === 'Accepted', `status ${answer.status}`);
    expect(answer.interval > 0, `interval ${answer.interval}`);
    expectCurrent(answer.currentTime);
    return `Accepted, interval ${answer.interval} s`;
  }

  async heartbeat() {
    const answer = await this.call('Heartbeat', {});
    expectCurrent(answer.currentTime);
    return answer.currentTime;
  }

  async dataTransfer() {
    const answer = await this.call('DataTransfer', { vendorId: 'org.example.nobody' });
    expect(answer.status === 'UnknownVendorId', `status ${answer.status}`);
    return answer.status;
  }

  /** Every other message of the version: it may be refused, but never ignored. */
  async others() {
    const names = { tx: this.transaction, token: this.options.token };
    const { others, sends } = messages(this.version);
    for (const [action, pair] of Object.entries(others)) {
      await this.step(action, async () => {
        try {
          await this.call(action, fill(pair.request, names));
          return 'answered';
        } catch (error) {
          if (isRefusal(error)) return error.rpcErrorCode;
          throw error;
        }
      });
    }
    for (const [action, payload] of Object.entries(sends)) {
      await this.step(action, async () => {
        this.client.sendRaw(JSON.stringify([6, randomUUID(), action, fill(payload, names)]));
        return 'sent; it has no answer';
      });
    }
  }

  // What is wrong on purpose.

  async bad(id, action, payload, ...wanted) {
    const answer = await this.sendText(JSON.stringify([2, id, action, payload]), id);
    expect(answer[0] === 4, `answered with ${JSON.stringify(answer)}`);
    const right = this.options['lax-errors'] || wanted.includes(answer[2]);
    expect(right, `${answer[2]} instead of ${wanted.join(' or ')}`);
    return answer[2];
  }

  /** 2.x answers with the id -1; 1.6 leaves the policy open. */
  async noJson() {
    const text = 'bad-frame: this is no JSON';
    if (this.version === '1.6' || this.options['lax-errors']) {
      this.client.sendRaw(text);
      return 'sent; the next steps show that the connection lives';
    }
    const answer = await this.sendText(text, '-1');
    expect(answer[0] === 4, `answered with ${JSON.stringify(answer)}`);
    expect(answer[2] === 'RpcFrameworkError', `code ${answer[2]}`);
    return answer[2];
  }

  async badInput() {
    await this.step('an unknown action', () =>
      this.bad('bad-unknown', 'NoSuchAction', {}, 'NotImplemented', 'NotSupported'),
    );
    await this.step('a frame that is no JSON', () => this.noJson());
    const long = 'T'.repeat(300);
    const cases =
      this.version === '1.6'
        ? [
            ['Authorize', {}],
            ['StatusNotification', { connectorId: 'one', errorCode: 'NoError', status: 'Available' }],
            ['Authorize', { idTag: long }],
          ]
        : [
            ['Authorize', {}],
            [
              'StatusNotification',
              { timestamp: now(), connectorStatus: 'Available', evseId: 'one', connectorId: 1 },
            ],
            ['Authorize', { idToken: { idToken: long, type: 'ISO14443' } }],
          ];
    const wanted = Object.entries(codes(this.version));
    for (const [index, [name, code]] of wanted.entries()) {
      await this.step(name, () => this.bad(`bad-payload-${index}`, ...cases[index], code));
    }
    await this.step('the connection still works', () => this.heartbeat());
  }

  /** Everything, in order. */
  async whole() {
    await this.step('BootNotification', () => this.boot());
    await this.step('Heartbeat', () => this.heartbeat());
    await this.step('DataTransfer', () => this.dataTransfer());
    await this.session();
    await this.badInput();
    await sleep(500); // for calls of the CSMS that are still under way
  }
}

/** A session of OCPP 1.6. */
class Run16 extends Run {
  async status(status) {
    const payload = { connectorId: 1, errorCode: 'NoError', status, timestamp: now() };
    await this.call('StatusNotification', payload);
    return 'answered';
  }

  accepted(info) {
    expect(info?.status === 'Accepted', `status ${info?.status}`);
    return info.status;
  }

  async start(payload) {
    const answer = await this.call('StartTransaction', payload);
    this.accepted(answer.idTagInfo);
    this.transaction ??= answer.transactionId;
    expect(
      answer.transactionId === this.transaction && this.transaction > 0,
      `transaction ${answer.transactionId} instead of ${this.transaction}`,
    );
    return `transaction ${answer.transactionId}`;
  }

  /** A meter value of several samples at a share of the whole energy. */
  reading(share) {
    return {
      timestamp: now(),
      sampledValue: [
        { value: ((METER_START_WH + this.energy * share) / 1000).toFixed(3), unit: 'kWh' },
        { value: '11000', measurand: 'Power.Active.Import', unit: 'W', context: 'Sample.Periodic' },
        { value: '31', measurand: 'Temperature', unit: 'Celsius', location: 'Body' },
      ],
    };
  }

  async meterValues(share) {
    const meterValue = [this.reading(share), this.reading(share)];
    await this.call('MeterValues', { connectorId: 1, transactionId: this.transaction, meterValue });
    return 'answered';
  }

  async stop(payload) {
    const answer = await this.call('StopTransaction', payload);
    if (answer.idTagInfo) this.accepted(answer.idTagInfo);
    return 'answered';
  }

  async session() {
    const idTag = this.options.token;
    await this.step('StatusNotification Available', () => this.status('Available'));
    await this.step('Authorize', async () =>
      this.accepted((await this.call('Authorize', { idTag })).idTagInfo),
    );
    await this.step('StatusNotification Preparing', () => this.status('Preparing'));
    const start = { connectorId: 1, idTag, meterStart: METER_START_WH, timestamp: now() };
    await this.step('StartTransaction', () => this.start(start));
    await this.step('StartTransaction again', () => this.start(start));
    await this.step('StatusNotification Charging', () => this.status('Charging'));
    for (const share of [0.25, 0.5, 0.75]) {
      await this.step(`MeterValues at ${share}`, () => this.meterValues(share));
    }
    await this.others();
    const stop = {
      transactionId: this.transaction,
      idTag,
      meterStop: METER_START_WH + this.energy,
      timestamp: now(),
      reason: 'EVDisconnected',
      transactionData: [this.reading(0), this.reading(1)],
    };
    await this.step('StopTransaction', () => this.stop(stop));
    await this.step('StopTransaction again', () => this.stop(stop));
    await this.step('StatusNotification Available', () => this.status('Available'));
  }
}

/** A session of OCPP 2.0.1 or 2.1. */
class Run2 extends Run {
  seqNo = 0;

  async status(connectorStatus) {
    const payload = { timestamp: now(), connectorStatus, evseId: 1, connectorId: 1 };
    await this.call('StatusNotification', payload);
    return 'answered';
  }

  token() {
    return { idToken: this.options.token, type: 'ISO14443' };
  }

  accepted(info) {
    expect(info?.status === 'Accepted', `idTokenInfo ${JSON.stringify(info)}`);
    return info.status;
  }

  /** A meter value of several samples at a share of the whole energy. */
  reading(share, context) {
    return {
      timestamp: now(),
      sampledValue: [
        {
          value: (METER_START_WH + this.energy * share) / 1000,
          context,
          measurand: 'Energy.Active.Import.Register',
          unitOfMeasure: { unit: 'Wh', multiplier: 3 },
        },
        { value: 230.4, context, measurand: 'Voltage', phase: 'L1-N', unitOfMeasure: { unit: 'V' } },
      ],
    };
  }

  /** The payload of the next TransactionEvent. */
  event(eventType, triggerReason, info, more = {}) {
    return {
      eventType,
      timestamp: now(),
      triggerReason,
      seqNo: this.seqNo++,
      transactionInfo: { transactionId: this.transaction, ...info },
      ...more,
    };
  }

  async transactionEvent(payload) {
    const answer = await this.call('TransactionEvent', payload);
    return payload.idToken ? this.accepted(answer.idTokenInfo) : 'answered';
  }

  /** An event, then the same one again. */
  async repeated(name, payload) {
    await this.step(`TransactionEvent ${name}`, () => this.transactionEvent(payload));
    await this.step(`TransactionEvent ${name} again`, () => this.transactionEvent(payload));
  }

  async session() {
    this.transaction = randomUUID();
    const idToken = this.token();
    await this.step('StatusNotification Available', () => this.status('Available'));
    await this.step('Authorize', async () =>
      this.accepted((await this.call('Authorize', { idToken })).idTokenInfo),
    );
    await this.step('StatusNotification Occupied', () => this.status('Occupied'));
    const started = { chargingState: 'EVConnected' };
    await this.repeated(
      'Started',
      this.event('Started', 'Authorized', started, {
        idToken,
        evse: { id: 1, connectorId: 1 },
        meterValue: [this.reading(0, 'Transaction.Begin')],
      }),
    );
    const charging = { chargingState: 'Charging' };
    await this.repeated('Charging', this.event('Updated', 'ChargingStateChanged', charging));
    for (const share of [0.25, 0.5, 0.75]) {
      const meterValue = [this.reading(share, 'Sample.Periodic')];
      const updated = this.event('Updated', 'MeterValuePeriodic', charging, { meterValue });
      await this.repeated(`Updated at ${share}`, updated);
    }
    await this.step('MeterValues', async () => {
      await this.call('MeterValues', { evseId: 1, meterValue: [this.reading(0.8, 'Sample.Clock')] });
      return 'answered';
    });
    await this.others();
    const ended = { chargingState: 'Idle', stoppedReason: 'EVDisconnected' };
    await this.repeated(
      'Ended',
      this.event('Ended', 'EVDeparted', ended, {
        meterValue: [this.reading(1, 'Transaction.End')],
      }),
    );
    await this.step('StatusNotification Available', () => this.status('Available'));
  }
}

/** What a CSMS may ask on its own; the package answers NotImplemented else. */
function answer(client, version) {
  client.handle('TriggerMessage', ({ params }) => {
    if (params.requestedMessage !== 'Heartbeat') return { status: 'NotImplemented' };
    setTimeout(() => client.call('Heartbeat', {}).catch(() => {}), 0);
    return { status: 'Accepted' };
  });
  client.handle('ChangeAvailability', () => ({ status: 'Accepted' }));
  client.handle('DataTransfer', () => ({ status: 'UnknownVendorId' }));
  if (version === '1.6') {
    client.handle('GetConfiguration', ({ params }) => ({
      configurationKey: [],
      unknownKey: params.key ?? [],
    }));
    client.handle('ChangeConfiguration', () => ({ status: 'NotSupported' }));
    return;
  }
  client.handle('GetVariables', ({ params }) => ({
    getVariableResult: params.getVariableData.map((wanted) => ({
      ...wanted,
      attributeStatus: 'UnknownComponent',
    })),
  }));
  client.handle('GetBaseReport', () => ({ status: 'NotSupported' }));
  client.handle('ClearCache', () => {
    throw createRPCError('NotSupported', 'there is no cache');
  });
}

const options = parseOptions('station.mjs --url URL --version V --token TAG', {
  url: { type: 'string' },
  version: { type: 'string' },
  token: { type: 'string' },
  password: { type: 'string', optional: true },
  'energy-wh': { type: 'string', default: '4200' },
  'lax-errors': { type: 'boolean', optional: true },
});
const [, endpoint, identity] = options.url.match(/^(.*)\/([^/]+)$/);
const client = new RPCClient({
  endpoint,
  identity: decodeURIComponent(identity),
  password: options.password ?? null,
  reconnect: false,
  ...strict(options.version),
});
const run = new (options.version === '1.6' ? Run16 : Run2)(client, options);
answer(client, options.version);
client.on('strictValidationFailure', ({ method, messageId, outbound, error }) => {
  run.failures += 1;
  console.log(`FAIL  ${outbound ? 'sent' : 'received'} ${method} ${messageId}: ${error.message}`);
});
try {
  await client.connect();
  expect(client.protocol === `ocpp${options.version}`, `sub-protocol ${client.protocol}`);
  await run.whole();
  await client.close();
} catch (error) {
  run.failures += 1;
  console.log(`FAIL  ${error.message}`);
}
console.log(`${identity}: ${run.steps} steps, ${run.failures} failed`);
process.exit(run.failures === 0 ? 0 : 1);
