/** What the registrar and we say to each other of a cover. */
import type { ReasonCode } from './reasons.ts';

/** Why a registrar refuses a person; whatever else it writes, a person must read. */
export const REJECTIONS = [
  'registrar_rejected',
  'registrar_nik_unknown',
  'registrar_data_differs',
  'registrar_member_elsewhere',
  'registrar_age',
  'worker_deceased',
] as const satisfies readonly ReasonCode[];
export type Rejection = (typeof REJECTIONS)[number];
