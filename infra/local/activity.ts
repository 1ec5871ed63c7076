/** Knows when there is nothing left to do now. */
export class Activity {
  readonly #busy: (() => boolean)[] = [];
  #running = 0;
  #waiting: (() => void)[] = [];

  /** Something that may have work in hand; it calls `changed` whenever that may have ended. */
  watch(busy: () => boolean): void {
    this.#busy.push(busy);
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.changed();
    }
  }

  changed(): void {
    if (this.#waiting.length === 0 || !this.#idle()) return;
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Resolves when no function runs and nothing waits to be run. */
  async settled(): Promise<void> {
    while (!this.#idle()) await new Promise<void>((resume) => this.#waiting.push(resume));
  }

  #idle(): boolean {
    return this.#running === 0 && !this.#busy.some((busy) => busy());
  }
}
