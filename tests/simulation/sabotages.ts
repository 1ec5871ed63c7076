/**
 * Ways to break the product. Each takes out one thing that keeps an invariant, by changing what the product sends
 * or hears; no file is edited.
 */
import type { Notice } from './payment.ts';
import type { Sabotage } from './sabotage.ts';
import { SECRETS } from './secrets.ts';
import type { Input, Meddle } from './services.ts';

interface Write {
  readonly Item?: Record<string, unknown>;
  readonly Key?: { readonly pk: string; readonly sk: string };
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}
type Change = (write: Write) => Write | null;

/** Changes every write, alone or in a transaction; null leaves it out. */
function writes(change: Change): Meddle {
  return (service, name, input) => {
    if (service !== 'table' || !/Put|Update|Write/.test(name)) return input;
    if (name !== 'TransactWrite') {
      const changed = change(input as Write);
      return changed ? (changed as Input) : { answer: {} };
    }
    const TransactItems = (input.TransactItems as Record<string, Write>[]).flatMap((item) => {
      const [[action, write]] = Object.entries(item) as [[string, Write]];
      const changed = change(write);
      return changed ? [{ [action]: changed }] : [];
    });
    return { ...input, TransactItems };
  };
}

/** Takes a condition out, with the names and values that only it used. */
function unconditional({ ConditionExpression: _condition, ...write }: Write): Write {
  const used = `${write.UpdateExpression ?? ''} `;
  const kept = <Value>(given: Record<string, Value> = {}) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => new RegExp(`${name}\\b`).test(used)));
  const names = kept(write.ExpressionAttributeNames);
  const values = kept(write.ExpressionAttributeValues);
  const { ExpressionAttributeNames: _names, ExpressionAttributeValues: _values, ...rest } = write;
  return {
    ...rest,
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
  };
}

function withoutConditionOf(type: string): Meddle {
  return writes((write) => (write.Item?.type === type ? unconditional(write) : write));
}

function withoutConditionIn(update: string): Meddle {
  return writes((write) => (write.UpdateExpression?.includes(update) ? unconditional(write) : write));
}

/** The worker's row and the new cover's are two guards of one thing. */
const takesWorkersTwice = writes((write) =>
  write.UpdateExpression?.includes('REMOVE waitingKey') || write.Item?.type === 'cover' ? unconditional(write) : write,
);

const swallowsPayments: Meddle = (service, _name, input) =>
  service === 'queue' && String(input.QueueUrl).endsWith('/payments') && JSON.stringify(input).length % 7 === 0
    ? { answer: {} }
    : input;

const swallowsReminders: Meddle = (service, name, input) =>
  service === 'queue' && name === 'SendMessageBatch' && String(input.QueueUrl).endsWith('/nudges')
    ? { answer: {} }
    : input;

/** Every run of a phase names its pages alike. */
const reusesPageKeys = writes((write) => {
  const { pk, sk } = (write.Item ?? {}) as { pk?: string; sk?: string };
  if (!pk?.startsWith('COHORT#') || !sk?.startsWith('LEDGER#')) return write;
  return { ...write, Item: { ...write.Item, sk: sk.split('#').slice(0, 2).join('#') } };
});

/** Whoever a roster names is new. */
const knowsNobody: Meddle = (service, name, input) => {
  if (service !== 'table') return input;
  const isOfNik = (key: unknown) => String((key as { pk?: string })?.pk).startsWith('NIK#');
  if (name === 'BatchGet') {
    const [{ Keys: keys }] = Object.values(input.RequestItems as object) as [{ Keys: unknown[] }];
    return keys.some(isOfNik) ? { answer: { Responses: {} } } : input;
  }
  return namesNikAnew(service, name, input);
};
const namesNikAnew = writes((write) => (write.Item?.pk?.toString().startsWith('NIK#') ? unconditional(write) : write));

/** The sweeper finds no page of reminders that was asked for. */
const forgetsPages: Meddle = (service, name, input) => {
  const given = Object.values((input.ExpressionAttributeValues ?? {}) as object);
  const asksForPages = given.some((value) => typeof value === 'string' && value.startsWith('PAGE#'));
  return service === 'table' && name === 'Query' && asksForPages ? { answer: { Items: [] } } : input;
};

/** Nothing links the two products of Xendit that tell of one payment. */
const linksNothing: Meddle = (service, name, input) => {
  if (service !== 'table') return input;
  const isName = (key: unknown) => /^(PAYMENTNAME|TOLDONCE)#/.test(String((key as { pk?: string })?.pk));
  if (name === 'BatchGet') {
    const [{ Keys: keys }] = Object.values(input.RequestItems as object) as [{ Keys: unknown[] }];
    return keys.some(isName) ? { answer: { Responses: {} } } : input;
  }
  const given = (input.ExpressionAttributeValues ?? {}) as Record<string, unknown>;
  if (name === 'Query' && isName({ pk: given[':pk'] })) return { answer: { Items: [] } };
  return namesAnew(service, name, input);
};
const namesAnew = writes((write) => (write.Item?.type === 'payment_name' ? unconditional(write) : write));

/** Rows of a type are written with these changes. */
function rowsOf(type: string, change: (item: Record<string, unknown>) => Record<string, unknown>): Meddle {
  return writes((write) => (write.Item?.type === type ? { ...write, Item: change(write.Item) } : write));
}

/** Updates that name a field are left out of their transactions. */
function without(field: string, key = ''): Meddle {
  return writes((write) =>
    write.UpdateExpression?.includes(field) && write.Key?.sk.startsWith(key) !== false ? null : write,
  );
}

const startsAnew = rowsOf('cover', ({ continuesFrom: _from, anchorDay: _day, ...cover }) => cover);

const counting = (policy: Record<string, unknown>) => ({
  ...policy,
  donatedTermsCap: (policy.donatedTermsCap as number) + 1,
});

/** A worker's own money is for whoever waits. */
const anybodysFund = rowsOf('fund', (fund) => {
  const descriptor = fund.descriptor as { fundClass: string };
  return descriptor.fundClass === 'self' ? { ...fund, descriptor: { ...descriptor, earmark: {} } } : fund;
});

/** What an early end gives back reaches no gift. */
const keepsTheRest: Meddle = (service, name, input) => {
  if (service !== 'table' || name !== 'TransactWrite') return input;
  const items = input.TransactItems as Record<string, Write>[];
  const isEnd = items.some(({ Put }) => (Put?.Item?.change as { kind?: string } | undefined)?.kind === 'end');
  const isGift = (item: Record<string, Write>) =>
    Object.values(item).some((write) => (write.Item?.pk ?? write.Key?.pk)?.toString().startsWith('DONATION#'));
  return isEnd ? { ...input, TransactItems: items.filter((item) => !isGift(item)) } : input;
};

const hearsNoStop = writes((write) => (write.Item?.type === 'suppression' ? null : write));

/** A refund of Stripe counts for the running total of its charge. */
function totalForDelta(notice: Notice): Notice {
  const { payment, step } = notice;
  if (notice.form !== 'charge.refunded') return notice;
  const total = payment.steps
    .slice(0, step + 1)
    .filter(({ kind }) => kind === 'refunded')
    .reduce((sum, { amount }) => sum + amount, 0);
  const steps = payment.steps.map((one, index) => (index === step ? { ...one, amount: total } : one));
  return { ...notice, payment: { ...payment, steps } };
}

export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'skips the marker of an event': { meddle: writes((write) => (write.Item?.type === 'event' ? null : write)) },
  'forgets the version check of a donation': { meddle: withoutConditionOf('donation') },
  'lets two gifts take one worker': { meddle: takesWorkersTwice },
  'forgets to check that a cover has not started yet': { meddle: withoutConditionIn('acceptedAt = :acceptedAt') },
  'claims every reminder anew': { meddle: withoutConditionOf('nudge') },
  'deletes a payment message before it is handled': { forgetsTheDeadOf: 'payments' },
  'forgets to hand failed payments back': { forgetsFailuresOf: 'payments' },
  'acknowledges notices the queue never got': { meddle: swallowsPayments },
  'books what Midtrans is said to say without asking it': {
    secrets: { 'gateways/midtrans': { ...(SECRETS['gateways/midtrans'] as object), statusApi: null } },
  },
  'never sweeps': { neverSweeps: true },
  'loses the reminders of a phase': { meddle: swallowsReminders },
  'gives two pages of a month one key': { meddle: reusesPageKeys },
  'never looks for pages of reminders nobody finished': { meddle: forgetsPages },
  "books what the channel tells of Xendit's payment beside its invoice": { meddle: linksNothing },
  'takes the running total of Stripe for one refund': { mishears: totalForDelta },
  'renews from acceptance instead of from the end': { meddle: startsAnew },
  'renews without telling the cover before': { meddle: without('renewedBy = ') },
  'allows one donated term more than the policy': { meddle: rowsOf('policy', counting) },
  'spends what one worker paid on another': { meddle: anybodysFund },
  'ends a cover and keeps the money': { meddle: keepsTheRest },
  'pays months at a price that was changed since': { hearsNoDecree: true },
  'takes every clock for that of Jakarta': { meddle: rowsOf('worker', (worker) => ({ ...worker, region: '31.71' })) },
  'does not hear who asks us to stop': { meddle: hearsNoStop },
  'enlists a person anew whenever a roster names one': { meddle: knowsNobody },
};
