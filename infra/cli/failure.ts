/** How a command ends. The numbers are a contract with scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  refused: 3,
  notFound: 4,
  partlyDone: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for a person on stderr. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function wrongUse(message: string): CommandFailure {
  return new CommandFailure(EXIT.wrongUse, message);
}

/** What an HTTP answer means to a script. */
export function exitCodeOfStatus(status: number): ExitCode {
  if (status >= 200 && status < 300) return EXIT.done;
  if (status === 404) return EXIT.notFound;
  if (status === 401 || status === 403 || status === 409) return EXIT.refused;
  if (status === 400 || status === 422) return EXIT.wrongUse;
  return EXIT.failed;
}
