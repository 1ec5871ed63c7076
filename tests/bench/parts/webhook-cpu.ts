/**
 * (a) What the door does with an event, against the least it could do with the same bytes: one hash and one JSON.parse.
 * The whole handler, with the AWS client that hands the message to the queue, is measured beside it.
 */
import { createCipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { inboundMessage } from '../../../functions/receive-webhook/inbound-message.ts';
import { type ReceiveWebhookDependencies, receiveWebhook } from '../../../functions/receive-webhook/receive-webhook.ts';
import { intakeSealing } from '../../../shared/adapters/sealing.ts';
import { gatewaySecrets } from '../../../shared/adapters/secrets.ts';
import { instantFromMilliseconds } from '../../../shared/domain/dates.ts';
import { SILENT_LOG, SILENT_METER } from '../../../shared/logger.ts';
import type { PaymentMessage } from '../../../shared/messages.ts';
import { type Figure, median, type PartOptions, scaled } from '../figures.ts';
import {
  apiEventOf,
  midtransNotification,
  type Notification,
  partnerNotification,
  TERM_RUPIAH,
} from '../support/gifts.ts';
import { CONTEXT, openSurroundings } from '../support/surroundings.ts';

const EVENTS = 4_000;
const ROUNDS = 9;
const LIMIT = 3;

type Work = (notification: Notification) => unknown;

/** CPU of this process per event, all threads; the median of rounds, after one that only warms up. */
async function cpuMicroseconds(notifications: readonly Notification[], work: Work): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (const notification of notifications) await work(notification);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds.push((user + system) / notifications.length);
  }
  return median(rounds);
}

/** Sends to nobody, but only after making the bytes it would send. */
const dependencies: ReceiveWebhookDependencies = {
  secretsFor: gatewaySecrets,
  seal: intakeSealing.seal,
  send: async (message) => void JSON.stringify(message).length,
  now: () => instantFromMilliseconds(Date.now()),
  log: SILENT_LOG,
  meter: SILENT_METER,
};

function least({ body }: Notification): unknown {
  const bytes = Buffer.from(body);
  return [createHash('sha512').update(bytes).digest('hex'), JSON.parse(bytes.toString())];
}

const key = createSecretKey(randomBytes(32));
const iv = randomBytes(12);

/** The body holds personal data and may not lie in a queue as it is: the least that ends in a message for the queue. */
function leastQueued(notification: Notification, message: PaymentMessage): unknown {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(notification.body), cipher.final(), cipher.getAuthTag()]);
  const sealedBody = { ...message.sealedBody, data: sealed.toString('base64') };
  return [least(notification), JSON.stringify({ ...message, sealedBody })];
}

/** @returns what the queue would be sent */
async function mustTake(notification: Notification): Promise<PaymentMessage> {
  const sent: PaymentMessage[] = [];
  const send = async (message: PaymentMessage) => void sent.push(message);
  const { status } = await receiveWebhook(inboundMessage(apiEventOf(notification)), { ...dependencies, send });
  if (status !== 200 || !sent[0]) throw new Error(`${notification.path} answered ${status}`);
  return sent[0];
}

async function sender(name: string, notifications: readonly Notification[], handler: Work): Promise<Figure[]> {
  const message = await mustTake(notifications[0] as Notification);
  const events = new Map(notifications.map((each) => [each, apiEventOf(each)]));
  const floor = await cpuMicroseconds(notifications, least);
  const floorQueued = await cpuMicroseconds(notifications, (each) => leastQueued(each, message));
  const door = await cpuMicroseconds(notifications, (each) =>
    receiveWebhook(inboundMessage(events.get(each) as APIGatewayProxyEventV2), dependencies),
  );
  const whole = await cpuMicroseconds(notifications.slice(0, Math.ceil(notifications.length / 8)), handler);
  const bytes = Buffer.byteLength(notifications[0]?.body ?? '');
  return [
    { name: `${name}: hash and one JSON.parse`, value: floor, unit: 'µs', note: `SHA-512 of ${bytes} bytes` },
    { name: `${name}: receive-webhook`, value: door, unit: 'µs', note: 'verify, interpret, seal, make the message' },
    { name: `${name}: ratio`, value: door / floor, unit: 'x', atMost: LIMIT },
    { name: `${name}: hash, parse, AES-256-GCM, JSON.stringify`, value: floorQueued, unit: 'µs' },
    { name: `${name}: ratio to these four`, value: door / floorQueued, unit: 'x' },
    { name: `${name}: whole handler with the queue's client`, value: whole, unit: 'µs', note: 'the AWS SDK over HTTP' },
  ];
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const surroundings = await openSurroundings();
  try {
    process.env.POWERTOOLS_LOG_LEVEL = 'WARN';
    const { handler } = await import('../../../functions/receive-webhook/handler.ts');
    const invoke = (each: Notification) => handler(apiEventOf(each) as APIGatewayProxyEventV2, CONTEXT);
    const at = Date.now();
    const many = (make: typeof partnerNotification) =>
      Array.from({ length: scaled(EVENTS, scale, 100) }, () => make(TERM_RUPIAH, at));
    return [
      ...(await sender('midtrans', many(midtransNotification), invoke)),
      ...(await sender('partner', many(partnerNotification), invoke)),
    ];
  } finally {
    await surroundings.close();
  }
}
