/** The product's door as the senders see it, and the access token of the bank that needs one. */
import type { Notice } from './payment.ts';
import { Died } from './processes.ts';
import { callOf } from './senders/all.ts';
import type { HttpCall } from './senders/sender.ts';
import { tokenCall } from './senders/snap.ts';
import type { World } from './world.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

export class Door {
  readonly #world: World;
  #token = { text: '', untilMilliseconds: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  /** @returns the status of the answer, 502 where the process died on it */
  async tell(notice: Notice): Promise<number> {
    this.#world.did('notice answered');
    const isBank = notice.payment.sender === 'snap:bank';
    const refused = isBank ? await this.#renewToken() : undefined;
    if (refused !== undefined) return refused;
    const { milliseconds: nowMilliseconds, sabotage } = this.#world;
    const heard = sabotage.mishears?.(notice) ?? notice;
    const { status } = await this.#post(callOf(heard, { nowMilliseconds, token: this.#token.text }));
    if (!isBank || status !== 401) return status;
    this.#token.untilMilliseconds = 0;
    // Given out under a key that a release which still answers does not know: then the bank asks for another one.
    return this.#world.releases.wasDeployed && notice.lie === 'none' ? 503 : status;
  }

  /** @returns the status of an answer that was no token */
  async #renewToken(): Promise<number | undefined> {
    const { milliseconds } = this.#world;
    if (this.#token.untilMilliseconds > milliseconds) return undefined;
    const { status, body } = await this.#post(tokenCall(milliseconds));
    if (status !== 200) return status;
    const { accessToken, expiresIn } = JSON.parse(body) as { accessToken: string; expiresIn: string };
    this.#token = { text: accessToken, untilMilliseconds: milliseconds + Number(expiresIn) * 900 };
    this.#world.did('access token given');
    return undefined;
  }

  async #post({ path, headers, body }: HttpCall): Promise<Answer> {
    const requestContext = { http: { method: 'POST' }, requestId: 'request' };
    const event = { rawPath: path, headers, body, isBase64Encoded: false, requestContext };
    try {
      const answer = await this.#world.run<{ statusCode: number; body: string }>('receiveWebhook', event);
      return { status: answer.statusCode, body: answer.body };
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      return { status: 502, body: '' };
    }
  }
}
