/** How far something is: a bar that grows on a screen, a line now and then elsewhere. */
import type { Terminal } from './terminal.ts';

export interface Progress {
  /** What is being done, and how much of how much of it; a total of zero is not known yet. */
  at(what: string, done: number, total: number): void;
  end(): void;
}

const BAR_CHARACTERS = 30;
const SAY_EVERY_MILLISECONDS = 10_000;
const SHOW_EVERY_MILLISECONDS = 100;

export function progressOn({ show, say, machineMilliseconds }: Terminal): Progress {
  let [last, longest, text] = [show ? Number.NEGATIVE_INFINITY : machineMilliseconds(), 0, ''];
  const every = show ? SHOW_EVERY_MILLISECONDS : SAY_EVERY_MILLISECONDS;
  return {
    at(what, done, total) {
      text = total > 0 ? barOf(what, Math.min(1, done / total)) : `${what} …`;
      if (machineMilliseconds() - last < every) return;
      last = machineMilliseconds();
      longest = Math.max(longest, text.length);
      if (show) show(text.padEnd(longest));
      else say(text);
    },
    end() {
      if (show && longest > 0) show(`${text.padEnd(longest)}\n`);
    },
  };
}

function barOf(what: string, share: number): string {
  const full = Math.floor(share * BAR_CHARACTERS);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `${what.padEnd(10)} [${'#'.repeat(full)}${'.'.repeat(BAR_CHARACTERS - full)}] ${percent} %`;
}
