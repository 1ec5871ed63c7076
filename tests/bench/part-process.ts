/** One part of the bench, alone in its process: its memory and its environment are its own. */
import type { Figure, Part, PartOptions } from './figures.ts';
import { isPartLetter, PARTS } from './parts.ts';

export interface PartAnswer {
  readonly figures: readonly Figure[];
  readonly failure?: string;
}

async function runPart(letter: string, options: PartOptions): Promise<PartAnswer> {
  if (!isPartLetter(letter)) throw new Error(`the bench has no part ${letter}`);
  try {
    const { run } = (await import(`./parts/${PARTS[letter].file}`)) as { run: Part };
    return { figures: await run(options) };
  } catch (error) {
    return { figures: [], failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const [letter = '', scale = '1'] = process.argv.slice(2);
const answer = await runPart(letter, { scale: Number(scale) });
process.send?.(answer, () => process.exit(0));
