/** A gateway's answers, remembered for seconds, so that a message and its copies ask once. */
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import type { Confirmation, PaymentStatusPort } from '../ports/payment-status.ts';

export interface RememberOptions {
  readonly milliseconds?: number;
  readonly monotonicMilliseconds?: () => number;
}

const DEFAULT_MILLISECONDS = 10_000;
const MOST_ANSWERS = 1_000;

interface Asked {
  readonly answer: Promise<Confirmation>;
  readonly at: number;
}

/** An old answer may only bear an event out. Where it does not, the gateway may know more by now and is asked again. */
export function rememberingStatus(
  port: PaymentStatusPort,
  { milliseconds = DEFAULT_MILLISECONDS, monotonicMilliseconds = () => performance.now() }: RememberOptions = {},
): PaymentStatusPort {
  const asked = new Map<string, Asked>();

  function ask(key: string, event: CanonicalEvent): Promise<Confirmation> {
    const answer = port.confirm(event);
    if (asked.size >= MOST_ANSWERS) asked.clear();
    asked.set(key, { answer, at: monotonicMilliseconds() });
    answer.catch(() => asked.delete(key));
    return answer;
  }

  return {
    async confirm(event) {
      const key = event.statusPath ?? event.paymentId;
      const known = asked.get(key);
      if (known && monotonicMilliseconds() - known.at < milliseconds) {
        const answer = await known.answer.catch(() => undefined);
        if (answer && bearsOut(answer, event)) return answer;
      }
      return ask(key, event);
    },
  };
}

function bearsOut(answer: Confirmation, { effectKey, amountRupiah }: CanonicalEvent): boolean {
  return (
    answer.known && answer.events.some((told) => told.effectKey === effectKey && told.amountRupiah === amountRupiah)
  );
}
