/** An AWS service the way the SDKs call it: an operation's name and a JSON body, answered with JSON or a named error. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Operation = (input: Record<string, unknown>) => Promise<ServiceAnswer> | ServiceAnswer;
export type Service = Readonly<Record<string, Operation>>;

export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function answer(body: Record<string, unknown> = {}): ServiceAnswer {
  return { status: 200, body };
}

/** AWS writes times as seconds. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
