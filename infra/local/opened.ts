/** What was opened, closed in the opposite order. */
export class Opened {
  readonly #closers: (() => unknown)[] = [];

  add<Thing>(thing: Thing, close: (thing: Thing) => unknown): Thing {
    this.#closers.push(() => close(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}
