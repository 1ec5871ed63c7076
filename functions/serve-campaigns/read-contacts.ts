/** Who can be reached: telephone numbers are opened, looked up and forgotten; only the answer leaves. */
import type { Contact } from '../../shared/domain/campaign-audience.ts';
import type { Channel } from '../../shared/domain/channels.ts';
import type { WorkerId } from '../../shared/domain/ids.ts';
import type { Person } from '../../shared/domain/worker.ts';
import { inParallel } from '../../shared/parallel.ts';

const AT_ONCE = 16;
const NOBODY: Contact = { hasPhone: false, suppressed: new Set() };

export async function readContacts(
  workerIds: readonly WorkerId[],
  readPeople: (workerIds: readonly WorkerId[]) => Promise<(workerId: WorkerId) => Promise<Person | null>>,
  suppressedOn: (phones: readonly string[]) => Promise<Map<string, ReadonlySet<Channel>>>,
): Promise<(workerId: WorkerId) => Promise<Contact>> {
  if (workerIds.length === 0) return async () => NOBODY;
  const readPerson = await readPeople(workerIds);
  const phoneOf = new Map<WorkerId, string>();
  await inParallel(workerIds, AT_ONCE, async (workerId) => {
    const phone = (await readPerson(workerId))?.phone;
    if (phone) phoneOf.set(workerId, phone);
  });
  const suppressed = await suppressedOn([...phoneOf.values()]);
  return async (workerId) => {
    const phone = phoneOf.get(workerId);
    return phone === undefined ? NOBODY : { hasPhone: true, suppressed: suppressed.get(phone) ?? NOBODY.suppressed };
  };
}
