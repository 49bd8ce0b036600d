import { z } from 'zod';
import type { Address } from '../../../domain/booking/booking.ts';
import { isPlainDate } from '../../../domain/time/calendar.ts';
import { catalogueCode, text } from '../../../http/contract/fields.ts';

const START = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/;

/** A start: an instant with offset, or wall time in the property's timezone. */
export const start = z
  .string()
  .regex(START, { error: 'must be a date and time such as 2027-05-18T15:00, with or without an offset', abort: true })
  .refine((value) => isPlainDate(value.slice(0, 10)), { error: 'must be on an existing date', abort: true })
  .refine((value) => value >= '2000' && value < '2100', 'must be between 2000 and 2099')
  .describe('An instant with offset, or wall time in the property’s timezone.')
  .meta({ examples: ['2027-05-18T15:00'] });

export const address = z.strictObject({
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters'),
});

export const partyAdults = z.int().min(1).max(500);
export const partyChildren = z.int().min(0).max(500);

/** An appointment in a JSON body. */
export const appointmentFields = {
  service: catalogueCode,
  startsAt: start,
  provider: catalogueCode.optional().describe('Any free provider by default.'),
  adults: partyAdults.default(1),
  children: partyChildren.default(0),
  address: address.optional().describe('The address, for services at the guest’s place.'),
  zone: catalogueCode.optional().describe('Replaces an address that is not known yet.'),
};

type Fields = z.output<z.ZodObject<typeof appointmentFields>>;

/** Converts the body to an appointment request, with null for absent members. */
export function toAppointmentRequest(fields: Fields) {
  const { service, startsAt, provider = null, adults, children, zone = null } = fields;
  const place = fields.address === undefined ? null : toAddress(fields.address);
  return { service, startsAt, provider, adults, children, zone, address: place };
}

export function toAddress(place: z.output<typeof address>): Address {
  return { ...place, line2: place.line2 ?? null, region: place.region ?? null };
}
