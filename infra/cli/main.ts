/** Where the process meets the command line. */
import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
