/** The parts of the bench by the letter they are asked for. Each runs in a process of its own. */
export const PARTS = {
  a: { title: 'CPU of receive-webhook per event', file: 'webhook-cpu.ts' },
  b: { title: 'Donations booked and allocated', file: 'donations.ts' },
  c: { title: 'Acknowledging webhooks', file: 'acknowledge.ts' },
  d: { title: 'Allocation against the length of the waiting list', file: 'waiting-list.ts' },
  e: { title: 'Phases against the size of the cohort', file: 'phases.ts' },
  f: { title: 'What a donation and a worker-term cost on AWS', file: 'costs.ts' },
  g: { title: 'Cold start of the webhook function', file: 'cold-start.ts' },
  h: { title: 'Memory of a roster import', file: 'roster-memory.ts' },
  i: { title: 'A settlement statement of 200,000 lines', file: 'statement-file.ts' },
  j: { title: 'A cohort of 10,000 through all its phases', file: 'whole-cohort.ts' },
} as const;
export type PartLetter = keyof typeof PARTS;

export function isPartLetter(text: string): text is PartLetter {
  return Object.hasOwn(PARTS, text);
}
