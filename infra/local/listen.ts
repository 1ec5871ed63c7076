/** Servers on the loopback interface only. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LAST_PORT = 65_535;

/** @param fallback the port to try when the preferred one is taken; 0 lets the system choose */
export async function listen(server: Server, preferred: number, fallback: number | 'next'): Promise<number> {
  for (let port = preferred; ; port = fallback === 'next' ? port + 1 : fallback) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || port === 0 || port >= LAST_PORT) throw error;
    }
  }
}

/** @param graceMilliseconds how long answers under way may take */
export async function close(server: Server, graceMilliseconds = 0): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  if (graceMilliseconds > 0) await Promise.race([ended, sleep(graceMilliseconds, undefined, { ref: false })]);
  server.closeAllConnections();
  await ended;
}
