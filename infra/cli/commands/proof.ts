/** `lingkaran proof`: checks the books row by row; ends with 1 when an invariant does not hold. */
import type { Command } from 'commander';
import { call } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { outline } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

export interface ProofResult {
  readonly holds: boolean;
  readonly checked: Readonly<Record<string, unknown>>;
  readonly violations: readonly unknown[];
}

async function prove(session: Session): Promise<ExitCode> {
  const proof = await call<ProofResult>(session.target(), 'POST', '/api/proofs');
  session.print(proof, () => [
    proof.holds ? 'the books hold' : `THE BOOKS DO NOT HOLD: ${proof.violations.length} violations`,
    ...outline(proof.checked, 'checked'),
    ...(proof.violations.length > 0 ? outline(proof.violations, 'violations') : []),
  ]);
  return proof.holds ? EXIT.done : EXIT.failed;
}

export function registerProof(program: Command, context: CommandContext): void {
  program
    .command('proof')
    .description('prove the ledger: every transaction, every donation, every covered month, every price')
    .action(context.perform(prove));
}
