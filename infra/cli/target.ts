/** Finds the running system: by flag, by environment, else by the note the engine leaves in its data folder. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Target } from './api.ts';
import { CommandFailure, EXIT } from './failure.ts';
import type { Terminal } from './terminal.ts';

export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const DEFAULT_DATA_FOLDER = '.lingkaran';

export function dataFolder(options: GlobalOptions, terminal: Terminal): string {
  return resolve(terminal.folder, options.data ?? terminal.environment.LINGKARAN_DATA ?? DEFAULT_DATA_FOLDER);
}

/** What the engine wrote when it was ready; null where no engine ever ran on this folder. */
export function endpointNote(folder: string): { url: string; operatorToken: string } | null {
  const file = resolve(folder, 'endpoint.json');
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new CommandFailure(EXIT.failed, `${file} cannot be read; start the system again with npm start`);
  }
}

export function findTarget(options: GlobalOptions, terminal: Terminal): Target {
  const folder = dataFolder(options, terminal);
  const url = options.url ?? terminal.environment.LINGKARAN_URL;
  const token = options.token ?? terminal.environment.LINGKARAN_TOKEN;
  const note = endpointNote(folder);
  if (url !== undefined) {
    // A token found in a folder belongs to the system of that folder and is shown to no other.
    const noted = note !== null && sameOrigin(note.url, url) ? note.operatorToken : null;
    return { url: readUrl(url), operatorToken: token ?? noted };
  }
  if (note === null) {
    throw new CommandFailure(
      EXIT.failed,
      `no running system found: ${folder}/endpoint.json does not exist.\nStart one with \`npm start\`, or name one with --url and --token.`,
    );
  }
  return { url: note.url, operatorToken: token ?? note.operatorToken };
}

function readUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new CommandFailure(EXIT.wrongUse, `--url must be an http address such as http://127.0.0.1:4000, not ${text}`);
  }
  return text;
}

function sameOrigin(left: string, right: string): boolean {
  return URL.canParse(left) && URL.canParse(right) && new URL(left).origin === new URL(right).origin;
}
