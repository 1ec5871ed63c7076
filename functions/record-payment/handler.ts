import { paymentStatusOf } from '../../shared/adapters/payment-status.ts';
import { sendManifest, sendToFunds } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { gatewaySecrets } from '../../shared/adapters/secrets.ts';
import { donors } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Interpretation } from '../../shared/gateways/gateway.ts';
import { interpretReceipt, isReceiptGateway } from '../../shared/gateways/receipt.ts';
import { bindGateway, routeOfGateway } from '../../shared/gateways/registry.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { type PaymentMessage, paymentMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { bookEvent, isBooked, readDonation, readDonations } from '../../shared/store/donations.ts';
import { ensureFund } from '../../shared/store/funds.ts';
import { findPaymentId, settlePaymentId } from '../../shared/store/payment-names.ts';
import { readPledge, readPledges } from '../../shared/store/pledges.ts';
import { keepInQuarantine, quarantineRecord } from '../../shared/store/quarantine.ts';
import { readSelfPayOrder } from '../../shared/store/self-payments.ts';
import { withFundClass } from './fund-class.ts';
import { lookAhead } from './look-ahead.ts';
import { type RecordPaymentDependencies, recordPayment } from './record-payment.ts';

const log = loggerFor('record-payment');
const meter = meterFor('record-payment');

async function interpret(message: PaymentMessage): Promise<Interpretation> {
  if (isReceiptGateway(message.gateway)) return interpretReceipt(await intakeSealing.unseal(message.sealedBody));
  const route = routeOfGateway(message.gateway);
  const gateway = route && bindGateway(route, await gatewaySecrets(route.section));
  if (!gateway) throw new Permanent('unknown_gateway', { detail: `gateway ${message.gateway}` });
  const body = await intakeSealing.unseal(message.sealedBody);
  const { path = '', receivedAt } = message;
  return gateway.interpret({ method: 'POST', path, headers: {}, body, receivedAt });
}

const dependencies: RecordPaymentDependencies = {
  now,
  statusOf: paymentStatusOf,
  readDonation,
  readPledge,
  readSelfPayOrder,
  ensureFund,
  isBooked,
  bookEvent,
  findPaymentId,
  settlePaymentId,
  interpret,
  async keepUnbooked(message, reason, detail) {
    const { deliveryKey, gateway } = message;
    const record = { source: 'payments', state: 'kept', reason, detail, body: JSON.stringify(message) } as const;
    await keepInQuarantine({ ...record, receiveCount: 1, keptAt: now() }, `${gateway}:${deliveryKey}`);
  },
  passManifest({ gateway, receivedAt, sealedBody }) {
    const partner = gateway.slice('partner:'.length);
    return sendManifest({ contractVersion: 1, kind: 'manifest', partner, receivedAt, sealedBody });
  },
  keepDonor: (donor) => donors.keepDonor(donor),
  log,
  meter,
};

export const handler = queueHandler({
  source: 'payments',
  schema: paymentMessageSchema,
  prepare: (messages) => lookAhead(messages, dependencies, { readDonations, readPledges }),
  handle: async (message, _record, books) =>
    recordPayment(await withFundClass(message, () => gatewaySecrets('partner')), { ...dependencies, ...books }),
  finish: (requests) => sendToFunds(requests.flat()),
  quarantine: quarantineRecord(now),
  log,
  meter,
});
