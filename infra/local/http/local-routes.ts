/** `/local/…`: the clock, draining, the outbox and the gateways' sandboxes of a system that runs on this machine only. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { formatWib, instantFromMilliseconds } from '../../../shared/domain/dates.ts';
import { addDuration, DURATION } from '../durations.ts';
import { sandboxAnswer } from '../sandbox/routes.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

export interface Outbox {
  items(): Promise<readonly Record<string, unknown>[]>;
  /**
   * Answers a message as the one who got it would, through the door that providers use.
   *
   * @param address of this system
   * @returns the status of the door's answer; null where no message has that id
   */
  reply(id: string, text: string, address: string): Promise<number | null>;
}

export interface LocalControls {
  readonly now: () => number;
  readonly speed: () => number;
  readonly advanceTo: (milliseconds: number) => Promise<void>;
  readonly drain: () => Promise<void>;
  readonly outbox: Outbox;
  readonly sandbox: Sandbox;
}

export type LocalRoutes = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: Buffer,
) => Promise<void>;

const timestamp = z.iso.datetime({ offset: true, error: 'an RFC 3339 time with a zone' });
const advanceSchema = z.union([
  z.strictObject({ advanceTo: timestamp }),
  z.strictObject({ advanceBy: z.string().regex(DURATION, 'an ISO 8601 duration such as P30D') }),
]);

const replySchema = z.strictObject({ text: z.string().min(1).max(4000) });

export function localRoutes(controls: LocalControls): LocalRoutes {
  const clock = () => ({ now: formatWib(instantFromMilliseconds(controls.now())), speed: controls.speed() });

  async function advance(response: ServerResponse, body: Buffer): Promise<void> {
    const asked = advanceSchema.safeParse(parsed(body));
    if (!asked.success)
      return writeProblem(response, 400, 'Bad Request', 'give {"advanceTo":"<RFC 3339 time>"} or {"advanceBy":"P30D"}');
    const now = controls.now();
    const to = 'advanceTo' in asked.data ? Date.parse(asked.data.advanceTo) : addDuration(now, asked.data.advanceBy);
    if (to < now && 'advanceTo' in asked.data)
      return writeProblem(response, 409, 'Conflict', `the clock shows ${clock().now} and does not go back`);
    await controls.advanceTo(to);
    writeJson(response, 200, clock());
  }

  async function reply(request: IncomingMessage, response: ServerResponse, id: string, body: Buffer): Promise<void> {
    const asked = replySchema.safeParse(parsed(body));
    if (!asked.success) return writeProblem(response, 400, 'Bad Request', 'give {"text":"BERHENTI"}');
    const status = await controls.outbox.reply(id, asked.data.text, `http://${request.headers.host}`);
    if (status === null) return writeProblem(response, 404, 'Not Found', `the outbox has no message ${id}`);
    if (status !== 200) return writeProblem(response, 502, 'Bad Gateway', `the reply was answered ${status}`);
    writeJson(response, 200, { id, replied: true });
  }

  return async (request, response, path, body) => {
    if (fromElsewhere(request))
      return writeProblem(response, 403, 'Forbidden', 'only this machine itself may drive the engine');
    if (path.startsWith('/local/sandbox/')) {
      const answer = await sandboxAnswer(controls.sandbox, request.method ?? 'GET', request.url ?? path, body);
      return writeJson(response, answer.status, answer.body);
    }
    const asked = `${request.method} ${path}`;
    if (asked === 'GET /local/clock') return writeJson(response, 200, clock());
    if (asked === 'POST /local/clock') return advance(response, body);
    if (asked === 'POST /local/drain') {
      await controls.drain();
      return writeJson(response, 200, clock());
    }
    if (asked === 'GET /local/outbox')
      return writeJson(response, 200, { items: await controls.outbox.items(), nextCursor: null });
    const replied = /^POST \/local\/outbox\/([^/]+)\/replies$/.exec(asked)?.[1];
    if (replied !== undefined) return reply(request, response, decodeURIComponent(replied), body);
    writeProblem(response, 404, 'Not Found', `the embedded engine has no ${asked}`);
  };
}

/** A page of another site in the operator's browser reaches this address too. */
function fromElsewhere({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return true;
  return headers.origin !== undefined && headers.origin !== `http://${host}`;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function writeJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function writeProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  const problem = { type: 'about:blank', title, status, detail };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}
