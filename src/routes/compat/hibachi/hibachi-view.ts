import { z } from 'zod';
import { formatAddressLine } from '../../../domain/speech/address-line.ts';
import { BOOKING_SOURCES } from '../../../domain/booking/booking.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import type { OpenSlots } from '../../../services/stock/time/list-open-slots.ts';

export const HIBACHI_STATUSES = ['PENDING', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'NO_SHOW'] as const;
type HibachiStatus = (typeof HIBACHI_STATUSES)[number];

/** My Hibachi's name of each status. */
export const HIBACHI_STATUS_OF = {
  PENDING_PAYMENT: 'PENDING',
  PENDING_APPROVAL: 'PENDING',
  CONFIRMED: 'CONFIRMED',
  IN_HOUSE: 'CONFIRMED',
  COMPLETED: 'COMPLETED',
  DECLINED: 'CANCELLED',
  CANCELLED: 'CANCELLED',
  EXPIRED: 'CANCELLED',
  NO_SHOW: 'NO_SHOW',
} as const satisfies Record<BookingStatus, HibachiStatus>;

/** Lists the statuses that map to a status of My Hibachi. */
export function statusesBehind(status: HibachiStatus): BookingStatus[] {
  const all = Object.keys(HIBACHI_STATUS_OF) as BookingStatus[];
  return all.filter((each) => HIBACHI_STATUS_OF[each] === status);
}

const shape = z.object({
  id: z.uuid(),
  code: z.string(),
  customer_id: z.uuid().nullable().describe('Null in a dry run.'),
  station_id: z.string(),
  date: z.string(),
  slot: z.string().describe('The start, local to the property.'),
  address: z.string().nullable(),
  zone: z.string().nullable(),
  party_adults: z.int(),
  party_kids: z.int(),
  total_guests: z.int(),
  deposit_due_cents: z.int(),
  total_due_cents: z.int(),
  balance_due_cents: z.int().describe('The total minus the deposit, independent of payments.'),
  currency: z.string(),
  status: z.enum(HIBACHI_STATUSES),
  payment_status: z.enum(HIBACHI_STATUSES).describe('Equals `status`.'),
  source: z.enum(BOOKING_SOURCES),
  version: z.int(),
  special_requests: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

export const exampleHibachi = {
  id: '01980c4e-7f3a-7000-8000-000000000001',
  code: 'BK-2027-0042',
  customer_id: '01980c4e-7f3a-7000-8000-000000000002',
  station_id: 'STATION-1',
  date: '2027-05-14',
  slot: '18:00',
  address: '12 Grill St, Sacramento, CA 95814',
  zone: 'A',
  party_adults: 10,
  party_kids: 2,
  total_guests: 12,
  deposit_due_cents: 10000,
  total_due_cents: 65423,
  balance_due_cents: 55423,
  currency: 'USD',
  status: 'PENDING',
  payment_status: 'PENDING',
  source: 'COMPAT',
  version: 1,
  special_requests: null,
  created_at: '2027-05-01T09:00:00.000Z',
  updated_at: '2027-05-01T09:00:00.000Z',
};

/** A party in the format of My Hibachi. */
export const hibachiView = shape.meta({ examples: [exampleHibachi] });
export type HibachiBooking = z.output<typeof hibachiView>;

const token = 'wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT';
export const hibachiCreatedView = shape
  .extend({
    guest_token: z.string().nullable().describe('Token of the guest for this booking, shown once. Null in a dry run.'),
    manage_url: z.string().nullable(),
  })
  .meta({
    examples: [{ ...exampleHibachi, guest_token: token, manage_url: `https://book.example/manage#${token}` }],
  });

export function viewHibachi(booking: BookingSnapshot, customerId: string | null): HibachiBooking {
  const { id, code, appointment, price, source, version, specialRequests, createdAt, updatedAt } = booking;
  if (appointment === null) throw new AppError('not_found', { detail: `Booking ${code} is no party.` });
  const { adults, children, address, zone, provider } = appointment;
  const status = HIBACHI_STATUS_OF[booking.status];
  const { depositDue, totalPayable, currency } = price;
  return {
    id,
    code,
    customer_id: customerId,
    station_id: provider.code,
    ...viewStart(booking.startsAt, booking.property.timezone),
    address: address && formatAddressLine(address),
    zone: zone?.code ?? null,
    party_adults: adults,
    party_kids: children,
    total_guests: adults + children,
    deposit_due_cents: depositDue,
    total_due_cents: totalPayable,
    balance_due_cents: totalPayable - depositDue,
    currency,
    status,
    payment_status: status,
    source,
    version,
    special_requests: specialRequests,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

/** The bookable slots of one day. */
export const hibachiSlotsView = z.object({
  date: z.string(),
  timezone: z.string(),
  slots: z.array(
    z.object({
      slot: z.string(),
      starts_at: z.string(),
      available: z.int().describe('The number of free stations.'),
      station_ids: z.array(z.string()),
    }),
  ),
});

export const exampleHibachiSlots = {
  date: '2027-05-14',
  timezone: 'America/Los_Angeles',
  slots: [{ slot: '18:00', starts_at: '2027-05-15T01:00:00.000Z', available: 1, station_ids: ['STATION-1'] }],
};

export function viewHibachiSlots(date: string, { timezone, slots }: OpenSlots): z.output<typeof hibachiSlotsView> {
  const views = slots.map(({ startsAt, providers }) => {
    const start = new Date(startsAt).toISOString();
    const { slot } = viewStart(start, timezone);
    return { slot, starts_at: start, available: providers.length, station_ids: [...providers] };
  });
  return { date, timezone, slots: views };
}

function viewStart(startsAt: string, timezone: string): { date: string; slot: string } {
  const local = formatLocal(new Date(startsAt), timezone);
  return { date: local.slice(0, 10), slot: local.slice(11, 16) };
}
