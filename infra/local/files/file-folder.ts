/**
 * The bucket on this machine: a folder, in which an object's key is its path. Whoever puts a file into it by hand hands
 * it in as an upload would; it is taken once it has stopped growing.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../database.ts';

/** What the functions are told of a new object. */
export type Announce = (key: string, bytes: number) => Promise<void>;

export interface FileFolderOptions {
  readonly folder: string;
  readonly database: Database;
  readonly announce: Announce;
}

export interface StoredObject {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
  readonly changedMilliseconds: number;
}

/** Uploads under way, beside the folder that is watched. */
const UNDER_WAY = '.uploads';
const INBOX = 'inbox';
/** A file nobody wrote to for so long is whole. */
const QUIET_MILLISECONDS = 1_000;
const LOOK_EVERY_MILLISECONDS = 500;

export class FileFolder {
  readonly #folder: string;
  readonly #announce: Announce;
  readonly #isKnown: (key: string, etag: string) => boolean;
  readonly #know: (key: string, etag: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #uploads = 0;

  constructor({ folder, database, announce }: FileFolderOptions) {
    this.#folder = resolve(folder);
    this.#announce = announce;
    const select = database.prepare('SELECT 1 FROM announced_files WHERE key = ? AND etag = ?');
    const insert = database.prepare('INSERT OR REPLACE INTO announced_files VALUES (?, ?)');
    this.#isKnown = (key, etag) => select.get(key, etag) !== undefined;
    this.#know = (key, etag) => void insert.run(key, etag);
    mkdirSync(join(this.#folder, INBOX), { recursive: true, mode: 0o700 });
    rmSync(join(this.#folder, UNDER_WAY), { recursive: true, force: true });
  }

  /** Looks for files that people put there, now and then from now on. */
  watch(): void {
    this.#timer = setInterval(() => {
      this.look().catch((error) => console.error('the folder of files cannot be looked through:', error));
    }, LOOK_EVERY_MILLISECONDS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Announces what was not announced yet and is whole. */
  async look(): Promise<void> {
    for (const key of this.#keys()) {
      const found = this.find(key);
      const isQuiet = found && Date.now() - found.changedMilliseconds >= QUIET_MILLISECONDS;
      if (isQuiet && !this.#isKnown(key, found.etag)) await this.#tell(key, found);
    }
  }

  find(key: string): StoredObject | undefined {
    const path = this.#pathOf(key);
    if (!path) return undefined;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) return undefined;
    const digest = createHash('md5').update(`${stat.ino}:${stat.size}:${stat.mtimeMs}`).digest('hex');
    return { path, bytes: stat.size, etag: `"${digest}"`, changedMilliseconds: stat.mtimeMs };
  }

  read({ path }: StoredObject): NodeJS.ReadableStream {
    return createReadStream(path);
  }

  /** A file is there as a whole, or not at all. @returns undefined where no object can have that key */
  async put(key: string, bytes: NodeJS.ReadableStream): Promise<StoredObject | undefined> {
    const path = this.#pathOf(key);
    if (!path) return undefined;
    this.#uploads += 1;
    const underWay = join(this.#folder, UNDER_WAY, String(this.#uploads));
    for (const file of [path, underWay]) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      await pipeline(bytes, createWriteStream(underWay, { mode: 0o600, flush: true }));
    } catch (error) {
      rmSync(underWay, { force: true });
      throw error;
    }
    renameSync(underWay, path);
    const stored = this.find(key);
    if (stored) await this.#tell(key, stored);
    return stored;
  }

  /** Announced first: a message too many does no harm, one too few is a file nobody reads. */
  async #tell(key: string, { etag, bytes }: StoredObject): Promise<void> {
    if (key.startsWith(`${INBOX}/`)) await this.#announce(key, bytes);
    this.#know(key, etag);
  }

  #keys(): string[] {
    const inbox = join(this.#folder, INBOX);
    return readdirSync(inbox, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => relative(this.#folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  }

  /** Undefined for a key that would lead elsewhere. */
  #pathOf(key: string): string | undefined {
    const parts = key.split('/');
    if (parts.some((part) => part === '' || part.startsWith('.') || part.includes('\0') || part.includes('\\')))
      return undefined;
    return join(this.#folder, ...parts);
  }
}
