/** How far the example has come, in a file of the data folder, so that a stopped engine goes on with the next act. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExampleProgress } from './play.ts';

export class ProgressFile {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'example.json');
  }

  exists(): boolean {
    return existsSync(this.#file);
  }

  /** Nothing was played yet, and the example is wanted. */
  begin(): void {
    this.#put(null);
  }

  /** Undefined before the first act is over. */
  read(): ExampleProgress | undefined {
    if (!this.exists()) return undefined;
    return (JSON.parse(readFileSync(this.#file, 'utf8')) as ExampleProgress | null) ?? undefined;
  }

  write(progress: ExampleProgress): void {
    this.#put(progress);
  }

  #put(progress: ExampleProgress | null): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(progress));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
