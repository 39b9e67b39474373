// What both Node programs need around the package `ocpp-rpc`.
//
// The package does the work (calls, answers, strict validation); this file
// reads the shared messages and supplies what the package lacks for 2.1.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { createValidator } from 'ocpp-rpc';

const require = createRequire(import.meta.url);

export const VERSIONS = ['1.6', '2.0.1', '2.1'];

// How much a clock may differ, and how long an answer may take.
const CLOCK_TOLERANCE_MS = 60_000;
export const ANSWER_TIMEOUT_MS = 20_000;

/** Something happened that must not happen; the text says what. */
export class Unexpected extends Error {}

/** Fail the current step with `text` unless `condition` holds. */
export function expect(condition, text) {
  if (!condition) throw new Unexpected(text);
}

export const now = () => new Date().toISOString();

/** Fail unless `text` is a time that agrees with our own clock. */
export function expectCurrent(text) {
  const away = Math.abs(Date.now() - Date.parse(text));
  expect(away < CLOCK_TOLERANCE_MS, `the time ${text} is ${away} ms away from ours`);
}

/** The entry of `messages.json` for one version, with what it extends. */
export function messages(version) {
  const everything = JSON.parse(readFileSync(new URL('messages.json', import.meta.url)));
  const entry = everything[version];
  if (!entry.extends) return entry;
  const base = messages(entry.extends);
  return { ...base, ...entry, others: { ...base.others, ...entry.others } };
}

/** `value` with the texts `$now`, `$tx` and so on replaced. */
export function fill(value, names) {
  if (Array.isArray(value)) return value.map((member) => fill(member, names));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, fill(member, names)]),
    );
  }
  if (typeof value === 'string' && value.startsWith('$')) {
    return value === '$now' ? now() : names[value.slice(1)];
  }
  return value;
}

/**
 * Options that make the package validate everything.
 *
 * `ocpp-rpc` 2.2.1 carries the schemas of 2.1, but looks them up under names
 * that they do not have (`urn:X.req` instead of `urn:XRequest`), so that its
 * strict mode refuses every call of 2.1. Here they get the names it looks for,
 * and lose a keyword at texts about which the validator would only complain.
 */
export function strict(version) {
  const options = { protocols: [`ocpp${version}`], strictMode: true };
  if (version !== '2.1') return options;
  const file = require.resolve('ocpp-rpc/lib/schemas/ocpp2_1.json');
  const schemas = JSON.parse(readFileSync(file), (_, value) => {
    if (value?.type === 'string') delete value.additionalProperties;
    return value;
  }).map((schema) => ({
    ...schema,
    $id: schema.$id.replace(/Request$/, '.req').replace(/Response$/, '.conf'),
  }));
  return { ...options, strictModeValidators: [createValidator('ocpp2.1', schemas)] };
}

/** Refusals that are a legitimate answer to a call. */
export const isRefusal = (error) =>
  ['NotImplemented', 'NotSupported'].includes(error.rpcErrorCode);

/** Command line options; those without a default are required. */
export function parseOptions(usage, options) {
  const complain = (text) => {
    console.error(`${text}\n${usage}`);
    process.exit(2);
  };
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    complain(error.message);
  }
  for (const [name, option] of Object.entries(options)) {
    if (values[name] === undefined && !option.optional) complain(`--${name} is missing`);
  }
  if (!VERSIONS.includes(values.version)) complain(`unknown version ${values.version}`);
  return values;
}
