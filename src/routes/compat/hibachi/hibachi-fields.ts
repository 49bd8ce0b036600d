import { z } from 'zod';
import { readAddressLine } from '../../../domain/speech/address-line.ts';
import type { Address } from '../../../domain/booking.ts';
import { plainDate, text } from '../../../http/contract/fields.ts';
import type { NewAppointmentBooking } from '../../../services/new-booking/draft-appointment.ts';
import { address } from '../../fields/appointment-fields.ts';
import { calendarMonth } from '../../fields/calendar-month.ts';
import { HIBACHI_STATUSES } from './hibachi-view.ts';
import { orEmpty, said } from '../hotelmate/hotelmate-fields.ts';
import { checkPerson, personFields, personOf } from '../person-fields.ts';
import { clockTime, joinStart, looseCode } from '../start-fields.ts';

const MAX_PARTY = 500;
const station = orEmpty(looseCode).describe('The code of the station; whichever is free, when none is named.');

const addressLine = text(300).refine((line) => readAddressLine(line) !== null, {
  message: 'must end with city, state and ZIP code, such as 12 Grill St, Sacramento, CA 95814',
});
const snakeAddress = address
  .omit({ postalCode: true, country: true })
  .extend({ postal_code: address.shape.postalCode, country: address.shape.country.default('US') });

const notUsed = {
  customer_id: z.string().max(100).optional().describe('Not used: the customer is who has the e-mail address.'),
  deposit_due_cents: z.int().optional().describe('Not used: the price is what the property has.'),
  total_due_cents: z.int().optional().describe('Not used, as the deposit.'),
  source: z.string().max(50).optional().describe('Not used: it follows the credential.'),
};

export const hibachiBooking = z
  .strictObject({
    service: orEmpty(looseCode).describe('The first on sale, when none is named.'),
    station_id: station,
    date: plainDate,
    slot: clockTime.describe('Such as `18:00` or `6:00 PM`, at the property.'),
    address: z.union([addressLine, address, snakeAddress]).optional(),
    zone: orEmpty(looseCode).describe('Instead of an address, where there is none yet.'),
    party_adults: z.int().min(1).max(MAX_PARTY),
    party_kids: z.int().min(0).max(MAX_PARTY).default(0),
    special_requests: orEmpty(text(2_000)),
    ...personFields,
    ...notUsed,
  })
  .superRefine(checkPerson)
  .meta({
    examples: [
      {
        ...{ date: '2027-05-14', slot: '18:00', station_id: 'STATION-1', party_adults: 10, party_kids: 2 },
        ...{ address: '12 Grill St, Sacramento, CA 95814', zone: 'A' },
        ...{ name: 'Dana Ortiz', email: 'dana@example.com', phone: '+1 916 555 0100' },
      },
    ],
  });

/** The party as the canonical path would have been asked for it. */
export function toPartyOf(
  body: z.output<typeof hibachiBooking>,
  service: string,
): Omit<NewAppointmentBooking, 'slug' | 'source' | 'payment' | 'actor'> {
  return {
    service,
    startsAt: joinStart(body.date, body.slot),
    provider: said(body.station_id) ?? null,
    ...{ adults: body.party_adults, children: body.party_kids },
    address: readAddress(body.address),
    zone: said(body.zone) ?? null,
    guest: personOf(body),
    specialRequests: said(body.special_requests) ?? null,
    ...{ companions: [], booker: null, promoCode: null },
  };
}

export function readAddress(place: z.output<typeof hibachiBooking>['address']): Address | null {
  if (place === undefined) return null;
  if (typeof place === 'string') return readAddressLine(place);
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

const asAnswered = z
  .union([z.string().max(2_000), z.number(), z.null()])
  .optional()
  .describe('As it was answered; it can’t be changed here.');

/** Members of a booking's answer that may be sent back as they are, and changed nowhere on these paths. */
export const FIXED_MEMBERS = [
  ...([
    'id',
    'code',
    'customer_id',
    'total_guests',
    'deposit_due_cents',
    'total_due_cents',
    'balance_due_cents',
  ] as const),
  ...(['currency', 'payment_status', 'source', 'special_requests', 'created_at', 'updated_at'] as const),
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
      .describe('Another address decides the zone, unless another zone is named beside it.'),
    zone: orEmpty(looseCode.nullable()),
    status: z.enum(HIBACHI_STATUSES).optional(),
    version: z.int().min(1).optional().describe('Of the booking as you have seen it; `If-Match` does the same.'),
    reason: orEmpty(text(500)).describe('Of a cancellation.'),
    ...(Object.fromEntries(FIXED_MEMBERS.map((member) => [member, asAnswered])) as {
      [Member in (typeof FIXED_MEMBERS)[number]]: typeof asAnswered;
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
  start: plainDate.optional().describe('The first of the seven days; today, when it is left out.'),
  start_date: plainDate.optional().describe('Another name of `start`.'),
  station_id: station,
});

export const hibachiMonth = z
  .strictObject({
    month: z.union([calendarMonth, z.string().regex(/^(0?[1-9]|1[0-2])$/)]).optional(),
    year: z
      .string()
      .regex(/^20\d\d$/)
      .optional()
      .describe('Of a month that is only a number.'),
    station_id: station,
  })
  .refine(({ month, year }) => (month !== undefined && !month.includes('-')) === (year !== undefined), {
    ...{ path: ['month'], message: 'say a month such as 2027-05, or month and year' },
  });

/** `YYYY-MM`, of today's where none is said. */
export function monthOf({ month, year }: z.output<typeof hibachiMonth>, today: string): string {
  if (month === undefined) return today.slice(0, 7);
  return year === undefined ? month : `${year}-${month.padStart(2, '0')}`;
}
