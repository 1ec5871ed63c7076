/** Everything that happens because a time has come, in one order. */
export interface AlarmSource {
  /** The stage time of the next alarm, undefined if none is set. */
  next(): number | undefined;
  /** Rings what is due by then; resolves when it was set off, not when its work is done. */
  ring(nowMilliseconds: number): Promise<void>;
}

export class Alarms {
  readonly #sources: readonly AlarmSource[];

  constructor(sources: readonly AlarmSource[]) {
    this.#sources = sources;
  }

  next(): number | undefined {
    const times = this.#sources.map((source) => source.next()).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async ring(nowMilliseconds: number): Promise<void> {
    for (const source of this.#sources) await source.ring(nowMilliseconds);
  }
}
