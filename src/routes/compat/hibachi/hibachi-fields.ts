import { z } from 'zod';
import { parseAddressLine } from '../../../domain/speech/address-line.ts';
import type { Address } from '../../../domain/booking/booking.ts';
import { plainDate, text } from '../../../http/contract/fields.ts';
import type { NewAppointmentBooking } from '../../../services/selling/new-booking/appointment-booking.ts';
import { address } from '../../shapes/fields/appointment-fields.ts';
import { calendarMonth } from '../../shapes/fields/calendar-month.ts';
import { HIBACHI_STATUSES } from './hibachi-view.ts';
import { orEmpty, emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';
import { checkPerson, personFields, personOf } from '../fields/person-fields.ts';
import { clockTime, joinStart, looseCode } from '../fields/start-fields.ts';

const MAX_PARTY = 500;
const station = orEmpty(looseCode).describe('The code of the station; any free station by default.');

const addressLine = text(300).refine((line) => parseAddressLine(line) !== null, {
  message: 'must end with city, state and ZIP code, such as 12 Grill St, Sacramento, CA 95814',
});
const snakeAddress = address
  .omit({ postalCode: true, country: true })
  .extend({ postal_code: address.shape.postalCode, country: address.shape.country.default('US') });

const ignoredFields = {
  customer_id: z.string().max(100).optional().describe('Ignored: the email address identifies the customer.'),
  deposit_due_cents: z.int().optional().describe('Ignored: the property’s prices apply.'),
  total_due_cents: z.int().optional().describe('Ignored: the property’s prices apply.'),
  source: z.string().max(50).optional().describe('Ignored: the credential decides the source.'),
};

export const hibachiBooking = z
  .strictObject({
    service: orEmpty(looseCode).describe('The property’s first service by default.'),
    station_id: station,
    date: plainDate,
    slot: clockTime.describe('Such as `18:00` or `6:00 PM`, local to the property.'),
    address: z.xor([addressLine, address, snakeAddress]).optional(),
    zone: orEmpty(looseCode).describe('Replaces an address that is not known yet.'),
    party_adults: z.int().min(1).max(MAX_PARTY),
    party_kids: z.int().min(0).max(MAX_PARTY).default(0),
    special_requests: orEmpty(text(2_000)),
    ...personFields,
    ...ignoredFields,
  })
  .superRefine(checkPerson)
  .meta({
    examples: [
      {
        date: '2027-05-14',
        slot: '18:00',
        station_id: 'STATION-1',
        party_adults: 10,
        party_kids: 2,
        address: '12 Grill St, Sacramento, CA 95814',
        zone: 'A',
        name: 'Dana Ortiz',
        email: 'dana@example.com',
        phone: '+1 916 555 0100',
      },
    ],
  });

/** Converts the body to the input of the canonical use case. */
export function toPartyOf(
  body: z.output<typeof hibachiBooking>,
  service: string,
): Omit<NewAppointmentBooking, 'slug' | 'source' | 'payment'> {
  return {
    kind: 'APPOINTMENT',
    service,
    startsAt: joinStart(body.date, body.slot),
    provider: emptyToUndefined(body.station_id) ?? null,
    adults: body.party_adults,
    children: body.party_kids,
    address: readAddress(body.address),
    zone: emptyToUndefined(body.zone) ?? null,
    guest: personOf(body),
    specialRequests: emptyToUndefined(body.special_requests) ?? null,
    companions: [],
    booker: null,
    promoCode: null,
  };
}

export function readAddress(place: z.output<typeof hibachiBooking>['address']): Address | null {
  if (place === undefined) return null;
  if (typeof place === 'string') return parseAddressLine(place);
  const { line1, line2 = null, city, region = null, country } = place;
  return {
    line1,
    line2,
    city,
    region,
    country,
    postalCode: 'postalCode' in place ? place.postalCode : place.postal_code,
  };
}

const fixedMember = z
  .union([z.string().max(2_000), z.number(), z.null()])
  .optional()
  .describe('Accepted unchanged from an earlier response; cannot be changed here.');

/** Members of a response that may be sent back unchanged and that these paths cannot change. */
export const FIXED_MEMBERS = [
  'id',
  'code',
  'customer_id',
  'total_guests',
  'deposit_due_cents',
  'total_due_cents',
  'balance_due_cents',
  'currency',
  'payment_status',
  'source',
  'special_requests',
  'created_at',
  'updated_at',
] as const;

export const hibachiChange = z
  .strictObject({
    station_id: station,
    date: plainDate.optional(),
    slot: clockTime.optional(),
    party_adults: z.int().min(1).max(MAX_PARTY).optional(),
    party_kids: z.int().min(0).max(MAX_PARTY).optional(),
    address: z
      .union([z.string().max(1_000), z.null(), address, snakeAddress])
      .optional()
      .describe('A new address decides the zone unless `zone` changes too.'),
    zone: orEmpty(looseCode.nullable()),
    status: z.enum(HIBACHI_STATUSES).optional(),
    version: z.int().min(1).optional().describe('The version of the last read; equivalent to `If-Match`.'),
    reason: orEmpty(text(500)).describe('The reason of a cancellation.'),
    ...(Object.fromEntries(FIXED_MEMBERS.map((member) => [member, fixedMember])) as {
      [Member in (typeof FIXED_MEMBERS)[number]]: typeof fixedMember;
    }),
  })
  .meta({
    examples: [
      { date: '2027-05-15', slot: '17:00' },
      { date: '2027-05-15', slot: '18:00', party_adults: 14, party_kids: 3, zone: 'B', status: 'CONFIRMED' },
      { status: 'CANCELLED', reason: 'Rain' },
    ],
  });

export const hibachiWeek = z.strictObject({
  start: plainDate.optional().describe('The first of the seven days; today by default.'),
  start_date: plainDate.optional().describe('Alias of `start`.'),
  station_id: station,
});

export const hibachiMonth = z
  .strictObject({
    month: z.union([calendarMonth, z.string().regex(/^(0?[1-9]|1[0-2])$/)]).optional(),
    year: z
      .string()
      .regex(/^20\d\d$/)
      .optional()
      .describe('The year of a numeric month.'),
    station_id: station,
  })
  .refine(({ month, year }) => (month !== undefined && !month.includes('-')) === (year !== undefined), {
    path: ['month'],
    message: 'must be a month such as 2027-05, or a number with year',
  });

/** Returns the requested month as `YYYY-MM`; today's month by default. */
export function monthOf({ month, year }: z.output<typeof hibachiMonth>, today: string): string {
  if (month === undefined) return today.slice(0, 7);
  return year === undefined ? month : `${year}-${month.padStart(2, '0')}`;
}
