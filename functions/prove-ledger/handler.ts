import { InvariantBroken } from '../../shared/errors.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { scheduleHandler } from '../../shared/middleware/schedule.ts';
import { scanTypes } from '../../shared/store/table.ts';
import { proveLedger } from './prove-ledger.ts';

const log = loggerFor('prove-ledger');
const meter = meterFor('prove-ledger');

export const handler = scheduleHandler({
  async handle() {
    const { holds, checked, violations } = await proveLedger(scanTypes);
    log.info('books proved', { holds, ...checked, violations: violations.slice(0, 20) });
    for (const { invariant } of violations) meter.count('InvariantBroken', { invariant });
    const [first] = violations;
    if (first) throw new InvariantBroken(first.invariant, first.detail);
    return { holds, checked };
  },
  log,
});
