/** Midtrans' status API, `GET /v2/<transaction_id>/status`, read by the same code as its notifications. */
import { Permanent, Transient } from '../errors.ts';
import { type JsonObject, readJsonObject } from '../gateways/message-bytes.ts';
import { eventsOfTransaction, isKnownStatus } from '../gateways/midtrans-transaction.ts';
import type { Confirmation, PaymentStatusPort } from '../ports/payment-status.ts';
import type { MidtransSecrets } from '../settings.ts';

export interface MidtransStatusOptions {
  readonly fetch?: typeof fetch;
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/** Null where no status API is configured: then the signature alone decides. */
export function midtransStatus(
  { statusApi, serverKeys }: MidtransSecrets,
  { fetch: fetchUrl = fetch, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: MidtransStatusOptions = {},
): PaymentStatusPort | null {
  if (statusApi === null) return null;
  return {
    async confirm({ paymentId }) {
      const url = `${statusApi.replace(/\/+$/, '')}/v2/${encodeURIComponent(paymentId)}/status`;
      for (const serverKey of serverKeys) {
        const answer = await ask(fetchUrl, url, serverKey, timeoutSeconds);
        // A key that was just replaced is refused; the previous one may still be the valid one.
        if (answer.code !== 401) return confirmationOf(answer, paymentId);
      }
      throw unavailable('the server keys are refused');
    },
  };
}

interface Answer {
  readonly code: number;
  readonly body: JsonObject | undefined;
}

async function ask(fetchUrl: typeof fetch, url: string, serverKey: string, timeoutSeconds: number): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`;
  try {
    const response = await fetchUrl(url, {
      headers: { accept: 'application/json', authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const body = readJsonObject(new Uint8Array(await response.arrayBuffer()));
    return { code: codeOf(response.status, body), body };
  } catch (cause) {
    throw new Transient('status_unavailable', { cause });
  }
}

/** Some failures come as HTTP 200 with the real code in the body; a transaction's own code is no failure. */
function codeOf(httpStatus: number, body: JsonObject | undefined): number {
  if (httpStatus !== 200 || body?.transaction_status !== undefined) return httpStatus;
  return Number(body?.status_code ?? 500);
}

function confirmationOf({ code, body }: Answer, paymentId: string): Confirmation {
  if (code === 404) return { known: false };
  if (code !== 200 || !body) throw unavailable(`answered ${code}`);
  if (body.transaction_id !== paymentId) {
    throw new Permanent('status_contradiction', { field: 'transaction_id', detail: 'answered about another payment' });
  }
  const known = isKnownStatus(body.transaction_status);
  return { known: true, events: known ? eventsOfTransaction(body, { wholeStory: true }) : [] };
}

function unavailable(detail: string): Transient {
  return new Transient('status_unavailable', { detail: `Midtrans status API: ${detail}` });
}
