import type { Logger } from '@aws-lambda-powertools/logger';

/** A logger that keeps its lines, for assertions on what was said. */
export function recordingLogger(): { log: Logger; lines: unknown[][] } {
  const lines: unknown[][] = [];
  const write =
    (level: string) =>
    (...line: unknown[]) =>
      lines.push([level, ...line]);
  const log = {
    addContext: () => undefined,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return { log: log as unknown as Logger, lines };
}
