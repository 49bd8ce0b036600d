import { z } from 'zod';
import type { ErrorCode } from '../../../errors.ts';
import { catalogueCode, plainDate } from '../../../http/contract/fields.ts';
import type { Destination } from '../../../services/desk/reschedule/move/plan-move.ts';
import { address, partyAdults, partyChildren, start, toAddress } from './appointment-fields.ts';
import { APPOINTMENT_ERRORS, STAY_ERRORS } from './booking-errors.ts';
import { checkNights } from './stay-fields.ts';

const slot = z.strictObject({
  startsAt: start,
  provider: catalogueCode.optional().describe('By default the current provider if free, else any free provider.'),
});
const nights = z.strictObject({ checkIn: plainDate, checkOut: plainDate }).superRefine(checkNights);

/** The destination of a move: another time for an appointment, other nights for a stay. */
export const rescheduleBody = z
  .xor([slot, nights])
  .meta({ examples: [{ startsAt: '2027-05-19T10:00' }, { checkIn: '2027-05-15', checkOut: '2027-05-17' }] });

export function toDestination(body: z.output<typeof rescheduleBody>): Destination {
  if ('checkIn' in body) return { kind: 'STAY', ...body };
  return { kind: 'APPOINTMENT', startsAt: body.startsAt, provider: body.provider ?? null };
}

const change = z
  .strictObject({
    startsAt: slot.shape.startsAt.optional(),
    provider: slot.shape.provider,
    adults: partyAdults.optional(),
    children: partyChildren.optional(),
    address: address.optional().describe('Decides the zone unless `zone` is sent too.'),
    zone: catalogueCode.optional().describe('Overrides the zone of the address.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must contain at least one change');

/** A move by staff, who may also change party and address of an appointment, with or without the time. */
export const staffRescheduleBody = z.xor([change, nights]).meta({
  examples: [
    { startsAt: '2027-05-19T10:00' },
    { startsAt: '2027-05-19T18:00', adults: 14, children: 3, zone: 'B' },
    { checkIn: '2027-05-15', checkOut: '2027-05-17' },
  ],
});

export function toStaffDestination(body: z.output<typeof staffRescheduleBody>): Destination {
  if ('checkIn' in body) return { kind: 'STAY', ...body };
  return { kind: 'APPOINTMENT', ...body, address: body.address && toAddress(body.address) };
}

/** Error codes of a move. */
export const RESCHEDULE_ERRORS = [
  'invalid_transition',
  'hold_expired',
  'payment_in_progress',
  'change_not_allowed',
  ...STAY_ERRORS,
  ...APPOINTMENT_ERRORS,
] as const satisfies readonly ErrorCode[];
