/** From what was used to what AWS charges for it. */
import { PRICES } from './prices.ts';
import type { Usage, UsageByFunction } from './usage.ts';

export interface Bill {
  readonly calls: number;
  readonly callsByService: string;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly invocations: number;
  readonly gigabyteMilliseconds: number;
  readonly timeNote: string;
  readonly keyUsd: number;
  readonly usd: number;
}

/** As the template has them; the others have 512 MiB. */
const MEGABYTES: Readonly<Record<string, number>> = {
  'receive-webhook': 1024,
  'allocate-funds': 1024,
  'run-cover-phase': 1024,
  'import-workers': 1024,
  'serve-operators': 1024,
  'exchange-registrar': 1024,
  'prove-ledger': 2048,
  'digest-donors': 1024,
};
const DEFAULT_MEGABYTES = 512;
const THROUGH_THE_API = new Set(['receive-webhook', 'serve-public', 'serve-operators', 'exchange-registrar']);
const BY_A_STATE_MACHINE = new Set([
  'run-cover-phase',
  'start-cohorts',
  'sweep-overdue',
  'prove-ledger',
  'reconcile-gateways',
  'digest-donors',
]);
/** For each batch Lambda receives from a queue and deletes from it. */
const CALLS_OF_A_BATCH = 2;

interface Sums {
  readonly calls: Map<string, number>;
  readUnits: number;
  writeUnits: number;
  invocations: number;
  apiCalls: number;
  batches: number;
  milliseconds: number;
  gigabyteMilliseconds: number;
}

export interface CountedBill extends Bill {
  readonly sums: Sums;
}

function add(sums: Sums, folder: string, usage: Usage): void {
  sums.readUnits += usage.readUnits;
  sums.writeUnits += usage.writeUnits;
  sums.invocations += usage.invocations;
  sums.milliseconds += usage.milliseconds;
  sums.gigabyteMilliseconds += (usage.milliseconds * (MEGABYTES[folder] ?? DEFAULT_MEGABYTES)) / 1024;
  if (THROUGH_THE_API.has(folder)) sums.apiCalls += usage.invocations;
  else if (!BY_A_STATE_MACHINE.has(folder)) sums.batches += usage.invocations;
  for (const [service, count] of usage.calls) sums.calls.set(service, (sums.calls.get(service) ?? 0) + count);
}

export function billOf(used: UsageByFunction, counts: (folder: string) => boolean = () => true): CountedBill {
  const sums: Sums = {
    calls: new Map(),
    readUnits: 0,
    writeUnits: 0,
    invocations: 0,
    apiCalls: 0,
    batches: 0,
    milliseconds: 0,
    gigabyteMilliseconds: 0,
  };
  for (const [folder, usage] of used) if (counts(folder)) add(sums, folder, usage);
  return billOfSums(sums);
}

export function perUnit({ sums }: CountedBill, units: number): CountedBill {
  const each = (value: number) => value / units;
  return billOfSums({
    calls: new Map([...sums.calls].map(([service, count]) => [service, each(count)])),
    readUnits: each(sums.readUnits),
    writeUnits: each(sums.writeUnits),
    invocations: each(sums.invocations),
    apiCalls: each(sums.apiCalls),
    batches: each(sums.batches),
    milliseconds: each(sums.milliseconds),
    gigabyteMilliseconds: each(sums.gigabyteMilliseconds),
  });
}

function billOfSums(sums: Sums): CountedBill {
  const { calls, readUnits, writeUnits, invocations, apiCalls, batches, gigabyteMilliseconds } = sums;
  const called = (service: string) => calls.get(service) ?? 0;
  const keyUsd = called('TrentService') * PRICES.keyCall;
  const usd =
    readUnits * PRICES.readUnit +
    writeUnits * PRICES.writeUnit +
    (called('AmazonSQS') + batches * CALLS_OF_A_BATCH) * PRICES.queueCall +
    apiCalls * PRICES.apiCall +
    invocations * PRICES.invocation +
    (gigabyteMilliseconds / 1000) * PRICES.gigabyteSecond +
    keyUsd +
    called('secretsmanager') * PRICES.secretCall;
  return {
    calls: [...calls.values()].reduce((sum, count) => sum + count, 0),
    callsByService: [...calls].map(([service, count]) => `${service} ${count.toFixed(3)}`).join(', '),
    readUnits,
    writeUnits,
    invocations,
    gigabyteMilliseconds,
    timeNote: `${sums.milliseconds.toFixed(1)} ms of wall time on this machine, by the memory of each function`,
    keyUsd,
    usd,
    sums,
  };
}
