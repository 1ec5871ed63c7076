/** A status API of Midtrans on this machine: it answers what a test tells it to, and remembers who asked. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StatusAnswer {
  readonly code: number;
  readonly body?: unknown;
}

export interface StatusQuestion {
  readonly path: string;
  readonly authorization: string | undefined;
}

const UNKNOWN: StatusAnswer = { code: 404, body: { status_code: '404', status_message: "Transaction doesn't exist." } };

export class StatusServer {
  readonly #server: Server;
  readonly #answers = new Map<string, StatusAnswer>();
  readonly questions: StatusQuestion[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.questions.push({ path, authorization: request.headers.authorization });
      const transactionId = /^\/v2\/([^/]+)\/status$/.exec(path)?.[1] ?? '';
      const { code, body } = this.#answers.get(decodeURIComponent(transactionId)) ?? UNKNOWN;
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What it says about a transaction from now on. */
  say(transactionId: string, answer: StatusAnswer): void {
    this.#answers.set(transactionId, answer);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
