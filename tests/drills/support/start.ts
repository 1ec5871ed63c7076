/** Systems that are stopped and started again on one data folder, sound or with something wrong. */
import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { type System, type SystemOptions, startSystem, temporaryFolder } from '../../acceptance/support/system.ts';
import { DRILL_VARIABLE, type Drill } from './drill.ts';

const SOUND: Drill = {};

/** One after the other on one folder, for one test: the last is stopped with the test and the folder removed. */
export class Systems {
  readonly #folder = temporaryFolder();
  readonly #options: SystemOptions;
  #current: System | undefined;

  constructor(options: SystemOptions = {}) {
    this.#options = { ...options };
    onTestFinished(async () => {
      await this.#current?.stop();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  get folder(): string {
    return this.#folder;
  }

  /** Stops the one that runs, if one does, and starts the next; options last for those after it. */
  async start(drill: Drill = SOUND, options: SystemOptions = {}): Promise<System> {
    Object.assign(this.#options, options);
    await this.#current?.stop();
    const isSound = Object.keys(drill).length === 0;
    this.#current = await startSystem({
      ...this.#options,
      folder: this.#folder,
      ...(isSound
        ? {}
        : { environment: { [DRILL_VARIABLE]: JSON.stringify(drill) }, main: 'tests/drills/support/engine.ts' }),
    });
    return this.#current;
  }
}
