import type { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { readClockTime } from '../../../domain/time/clock-time.ts';
import { mayDo } from '../../../domain/access/permissions.ts';
import type { Permission, StaffRole } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput } from '../../../services/booking/act-on-booking.ts';
import type { GatewayAction } from '../../../services/gateway/act-with-gateway.ts';
import { changeBooking } from '../../../services/reschedule/change-booking.ts';
import type { GivenStatus } from '../../../services/reschedule/change-booking.ts';
import type { AppointmentChange } from '../../../services/reschedule/move/plan-move.ts';
import { rescheduleBooking } from '../../../services/reschedule/reschedule-booking.ts';
import { FIXED_MEMBERS, readAddress } from './hibachi-fields.ts';
import type { hibachiChange } from './hibachi-fields.ts';
import type { HibachiBooking } from './hibachi-view.ts';
import { said } from '../hotelmate/hotelmate-fields.ts';
import { joinStart } from '../start-fields.ts';

type Change = z.output<typeof hibachiChange>;

/** The booking as it was when the change was asked for, in our words and in My Hibachi's. */
interface Seen {
  readonly booking: BookingSnapshot;
  readonly seen: HibachiBooking;
}

/** What the role must include beside changing a booking. */
const PERMISSION_OF = {
  CONFIRMED: 'bookings.approve',
  COMPLETED: 'stays.check-out',
  CANCELLED: 'bookings.cancel',
  NO_SHOW: 'stays.no-show',
} as const satisfies Record<GivenStatus, Permission>;

/**
 * Does all by which the body differs from the booking: time, station, party, address, zone and status; all of it or nothing.
 *
 * Null when it differs in nothing. Throws: validation_failed where it differs in what can't be changed here; forbidden; and
 * what the canonical actions throw.
 */
export async function changeParty(
  ctx: Context,
  input: Seen & { readonly target: BookingActionInput; readonly role: StaffRole; readonly body: Change },
): Promise<GatewayAction | null> {
  const { target, role, seen, body } = input;
  assertFixed(seen, body);
  const to = destinationOf(input);
  const status = body.status === seen.status ? undefined : body.status;
  if (status === undefined) return to && rescheduleBooking(ctx, { ...target, to });
  if (status === 'PENDING') refuse('status', 'no booking goes back to it');
  if (!mayDo(role, PERMISSION_OF[status])) {
    throw new AppError('forbidden', { detail: `This needs the permission "${PERMISSION_OF[status]}".` });
  }
  return changeBooking(ctx, { ...target, to, status, reason: said(body.reason) ?? null });
}

function assertFixed(seen: HibachiBooking, body: Change): void {
  const { party_adults: adults = seen.party_adults, party_kids: kids = seen.party_kids, status } = body;
  // What follows from the change may be said as it will be.
  const following: Partial<Record<string, unknown>> = { total_guests: adults + kids, payment_status: status };
  const errors = FIXED_MEMBERS.filter(
    (member) => body[member] !== undefined && body[member] !== seen[member] && body[member] !== following[member],
  ).map((path) => ({ path, message: 'can’t be changed here' }));
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}

/**
 * What the appointment is to be; null when it is that already.
 *
 * All that is said of time, station and guests, though it be as it was seen: somebody else may be changing it now.
 */
function destinationOf({ booking, seen, body }: Seen & { body: Change }): AppointmentChange | null {
  const [date, slot] = [body.date ?? seen.date, body.slot ?? seen.slot];
  const isSameTime = date === seen.date && readClockTime(slot) === seen.slot;
  const isTimeSaid = body.date !== undefined || body.slot !== undefined;
  const station = said(body.station_id);
  const { party_adults: adults, party_kids: children } = body;
  const address = readNewAddress(seen, body);
  const zone = body.zone === '' || body.zone === null || body.zone === seen.zone ? undefined : body.zone;
  const isSame = [
    isSameTime && (station ?? seen.station_id) === seen.station_id,
    (adults ?? seen.party_adults) === seen.party_adults && (children ?? seen.party_kids) === seen.party_kids,
    address === undefined && zone === undefined,
  ];
  if (isSame.every(Boolean)) return null;
  const startsAt = isSameTime ? booking.startsAt : joinStart(date, slot);
  return { ...(isTimeSaid && { startsAt }), provider: station, adults, children, address, zone };
}

function readNewAddress(seen: HibachiBooking, { address }: Change): AppointmentChange['address'] {
  if (address === undefined || address === null || address === '' || address === seen.address) return undefined;
  return readAddress(address) ?? refuse('address', 'must end with city, state and ZIP code');
}

function refuse(path: string, message: string): never {
  throw new AppError('validation_failed', { errors: [{ path, message }] });
}
