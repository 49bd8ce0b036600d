import { z } from 'zod';
import type { Address } from '../../domain/booking.ts';
import { isPlainDate } from '../../domain/time/calendar.ts';
import { catalogueCode, text } from '../../http/contract/fields.ts';

const START = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/;

/** When something begins: an instant by its offset, or wall time in the property's zone. */
export const start = z
  .string()
  .regex(START, { error: 'must be a date and time such as 2027-05-18T15:00, with or without an offset', abort: true })
  .refine((value) => isPlainDate(value.slice(0, 10)), 'must be on a date that exists')
  .refine((value) => value >= '2000' && value < '2100', 'must be between 2000 and 2099')
  .describe('With an offset, or without one as wall time in the property’s zone.')
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
  provider: catalogueCode.optional().describe('Whoever is free, when nobody is named.'),
  adults: partyAdults.default(1),
  children: partyChildren.default(0),
  address: address.optional().describe('Where it takes place, for services that come to the guest.'),
  zone: catalogueCode.optional().describe('Instead of an address, where there is none yet.'),
};

type Fields = z.output<z.ZodObject<typeof appointmentFields>>;

/** What the body asks for, absent members spelled as null. */
export function toAppointmentRequest(fields: Fields) {
  const { service, startsAt, provider = null, adults, children, zone = null } = fields;
  const place = fields.address === undefined ? null : toAddress(fields.address);
  return { service, startsAt, provider, adults, children, zone, address: place };
}

export function toAddress(place: z.output<typeof address>): Address {
  return { ...place, line2: place.line2 ?? null, region: place.region ?? null };
}
