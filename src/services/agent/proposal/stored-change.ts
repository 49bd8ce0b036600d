import { z } from 'zod';
import type { Change } from './apply-change.ts';

/** The tag has a default, because proposals from before its introduction lack the tag. */
const storedDestination = z.union([
  z.object({ kind: z.literal('STAY').default('STAY'), checkIn: z.string(), checkOut: z.string() }),
  z.object({
    kind: z.literal('APPOINTMENT').default('APPOINTMENT'),
    startsAt: z.string(),
    provider: z.string().nullable(),
  }),
]);

const storedChange = z.discriminatedUnion('action', [
  z.object({ action: z.literal('cancel'), reason: z.string().nullable() }),
  z.object({ action: z.literal('reschedule'), to: storedDestination }),
]);

/** Parses the change that a proposal holds. */
export function readStoredChange(params: unknown): Change {
  return storedChange.parse(params);
}
