import { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import { catalogueCode, plainDate } from '../../http/contract/fields.ts';
import type { Destination } from '../../services/reschedule/move/plan-move.ts';
import { address, partyAdults, partyChildren, start, toAddress } from './appointment-fields.ts';
import { APPOINTMENT_ERRORS, STAY_ERRORS } from './booking-errors.ts';
import { checkNights } from './stay-fields.ts';

const slot = z.strictObject({
  startsAt: start,
  provider: catalogueCode.optional().describe('The same as before if free, else whoever is, when nobody is named.'),
});
const nights = z.strictObject({ checkIn: plainDate, checkOut: plainDate }).superRefine(checkNights);

/** Where a booking is to go: another time for an appointment, other nights for a stay. */
export const rescheduleBody = z
  .union([slot, nights])
  .meta({ examples: [{ startsAt: '2027-05-19T10:00' }, { checkIn: '2027-05-15', checkOut: '2027-05-17' }] });

export function toDestination(body: z.output<typeof rescheduleBody>): Destination {
  return 'startsAt' in body ? { startsAt: body.startsAt, provider: body.provider ?? null } : body;
}

const change = z
  .strictObject({
    startsAt: slot.shape.startsAt.optional(),
    provider: slot.shape.provider,
    adults: partyAdults.optional(),
    children: partyChildren.optional(),
    address: address.optional().describe('Decides the zone, unless one is named beside it.'),
    zone: catalogueCode.optional().describe('Also against the address.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must say what is to change');

/** The same for staff, who can change the party of an appointment and where it is, with its time or without. */
export const staffRescheduleBody = z.union([change, nights]).meta({
  examples: [
    { startsAt: '2027-05-19T10:00' },
    { startsAt: '2027-05-19T18:00', adults: 14, children: 3, zone: 'B' },
    { checkIn: '2027-05-15', checkOut: '2027-05-17' },
  ],
});

export function toStaffDestination(body: z.output<typeof staffRescheduleBody>): Destination {
  if ('checkIn' in body) return body;
  return { ...body, address: body.address && toAddress(body.address) };
}

/** What can stand against a move. */
export const RESCHEDULE_ERRORS = [
  ...(['invalid_transition', 'hold_expired', 'payment_in_progress', 'change_not_allowed'] as const),
  ...STAY_ERRORS,
  ...APPOINTMENT_ERRORS,
] as const satisfies readonly ErrorCode[];
