import type { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { parseClockTime } from '../../../domain/time/clock-time.ts';
import { hasPermission } from '../../../domain/access/permissions.ts';
import type { Permission, StaffRole } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput } from '../../../services/core/booking/act-on-booking.ts';
import type { GatewayAction } from '../../../services/money/gateway/act-with-gateway.ts';
import { changeBooking } from '../../../services/desk/reschedule/change-booking.ts';
import type { RequestedStatus } from '../../../services/desk/reschedule/change-booking.ts';
import type { AppointmentDestination } from '../../../services/desk/reschedule/move/plan-move.ts';
import { rescheduleBooking } from '../../../services/desk/reschedule/reschedule-booking.ts';
import { FIXED_MEMBERS, readAddress } from './hibachi-fields.ts';
import type { hibachiChange } from './hibachi-fields.ts';
import type { HibachiBooking } from './hibachi-view.ts';
import { emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';
import { joinStart } from '../fields/start-fields.ts';

type Change = z.output<typeof hibachiChange>;

/** The booking before the change, as snapshot and in My Hibachi's format. */
interface CurrentBooking {
  readonly booking: BookingSnapshot;
  readonly current: HibachiBooking;
}

/** The permission each new status needs beside `bookings.change`. */
const PERMISSION_OF = {
  CONFIRMED: 'bookings.approve',
  COMPLETED: 'stays.check-out',
  CANCELLED: 'bookings.cancel',
  NO_SHOW: 'stays.no-show',
} as const satisfies Record<RequestedStatus, Permission>;

/**
 * Applies every difference between the body and the booking, all or nothing: time, station, party, address, zone, status.
 *
 * Returns: null when the body equals the booking.
 * Throws: validation_failed when a fixed member differs; forbidden; errors of the canonical actions.
 */
export async function changeParty(
  ctx: RequestContext,
  input: CurrentBooking & { readonly target: BookingActionInput; readonly role: StaffRole; readonly body: Change },
): Promise<GatewayAction | null> {
  const { target, role, current, body } = input;
  assertFixedMembers(current, body);
  const to = destinationOf(input);
  const status = body.status === current.status ? undefined : body.status;
  if (status === undefined) return to && rescheduleBooking(ctx, { ...target, to });
  if (status === 'PENDING') throwInvalid('status', 'cannot be set to PENDING again');
  if (!hasPermission(role, PERMISSION_OF[status])) {
    throw new AppError('forbidden', { detail: `This needs the permission "${PERMISSION_OF[status]}".` });
  }
  return changeBooking(ctx, { ...target, to, status, reason: emptyToUndefined(body.reason) ?? null });
}

function assertFixedMembers(current: HibachiBooking, body: Change): void {
  const { party_adults: adults = current.party_adults, party_kids: kids = current.party_kids, status } = body;
  // Derived members may carry their value after the change.
  const derived: Partial<Record<string, unknown>> = { total_guests: adults + kids, payment_status: status };
  const errors = FIXED_MEMBERS.filter(
    (member) => body[member] !== undefined && body[member] !== current[member] && body[member] !== derived[member],
  ).map((path) => ({ path, message: 'cannot be changed here' }));
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}

/**
 * Builds the change of the appointment; null when nothing differs.
 *
 * Includes members that equal the current booking, because a concurrent request may be changing those members.
 */
function destinationOf({ booking, current, body }: CurrentBooking & { body: Change }): AppointmentDestination | null {
  const [date, slot] = [body.date ?? current.date, body.slot ?? current.slot];
  const isTimeUnchanged = date === current.date && parseClockTime(slot) === current.slot;
  const hasTime = body.date !== undefined || body.slot !== undefined;
  const station = emptyToUndefined(body.station_id);
  const { party_adults: adults, party_kids: children } = body;
  const address = readNewAddress(current, body);
  const zone = body.zone === '' || body.zone === null || body.zone === current.zone ? undefined : body.zone;
  const areUnchanged = [
    isTimeUnchanged && (station ?? current.station_id) === current.station_id,
    (adults ?? current.party_adults) === current.party_adults &&
      (children ?? current.party_kids) === current.party_kids,
    address === undefined && zone === undefined,
  ];
  if (areUnchanged.every(Boolean)) return null;
  const startsAt = isTimeUnchanged ? booking.startsAt : joinStart(date, slot);
  return { kind: 'APPOINTMENT', ...(hasTime && { startsAt }), provider: station, adults, children, address, zone };
}

function readNewAddress(current: HibachiBooking, { address }: Change): AppointmentDestination['address'] {
  if (address === undefined || address === null || address === '' || address === current.address) return undefined;
  return readAddress(address) ?? throwInvalid('address', 'must end with city, state and ZIP code');
}

function throwInvalid(path: string, message: string): never {
  throw new AppError('validation_failed', { errors: [{ path, message }] });
}
