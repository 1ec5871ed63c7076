/** Every line the functions would log, handed to a listener instead of being written. */
import { Logger } from '@aws-lambda-powertools/logger';

type Line = (text: string, isError: boolean) => void;
const METHODS = ['debug', 'info', 'warn', 'error'] as const;

/** @returns how to give it back */
export function listenToLogs(listen: Line): () => void {
  const prototype = Logger.prototype as unknown as Record<string, unknown>;
  const before = METHODS.map((method) => prototype[method]);
  for (const method of METHODS)
    prototype[method] = (message: unknown, ...fields: unknown[]) =>
      listen(JSON.stringify([message, ...fields]), method === 'error');
  return () => {
    for (const [index, method] of METHODS.entries()) prototype[method] = before[index];
  };
}
