import type { z } from 'zod';
import type { Context } from '../../../context.ts';
import { readClockTime } from '../../../domain/time/clock-time.ts';
import { mayDo } from '../../../domain/permissions.ts';
import type { Permission, StaffRole } from '../../../domain/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput } from '../../../services/booking/act-on-booking.ts';
import { approveBooking } from '../../../services/decision/approve-booking.ts';
import { cancelBooking } from '../../../services/decision/cancel-booking.ts';
import type { GatewayAction } from '../../../services/gateway/act-with-gateway.ts';
import { rescheduleBooking } from '../../../services/reschedule/reschedule-booking.ts';
import { checkOut } from '../../../services/stay/check-out.ts';
import { markNoShow } from '../../../services/stay/mark-no-show.ts';
import { FIXED_MEMBERS } from './hibachi-fields.ts';
import type { hibachiChange } from './hibachi-fields.ts';
import type { HibachiBooking } from './hibachi-view.ts';
import { said } from '../hotelmate/hotelmate-fields.ts';
import { joinStart } from '../start-fields.ts';

type Change = z.output<typeof hibachiChange>;
type Wish = Pick<GatewayAction, 'booking' | 'isPending'>;

/** What the role must include beside changing a booking. */
const PERMISSION_OF = {
  CONFIRMED: 'bookings.approve',
  COMPLETED: 'stays.check-out',
  CANCELLED: 'bookings.cancel',
  NO_SHOW: 'stays.no-show',
} as const satisfies Record<string, Permission>;

/**
 * Does the one thing by which the body differs from the booking: another time or station, or another status.
 *
 * Null when it differs in nothing. Throws: validation_failed where it differs in what can't be changed here, or in two
 * things at once; forbidden; and what the canonical action throws.
 */
export async function changeParty(
  ctx: Context,
  input: { target: BookingActionInput; role: StaffRole; seen: HibachiBooking; body: Change },
): Promise<Wish | null> {
  const { target, role, seen, body } = input;
  const errors = FIXED_MEMBERS.filter((member) => body[member] !== undefined && body[member] !== seen[member]).map(
    (path) => ({ path, message: 'can’t be changed here' }),
  );
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
  const to = destinationOf(seen, body);
  const status = body.status === seen.status ? undefined : body.status;
  if (to !== null && status !== undefined) {
    throw new AppError('validation_failed', {
      errors: [{ path: 'status', message: 'change it or the time, not both' }],
    });
  }
  if (to !== null) return rescheduleBooking(ctx, { ...target, to });
  if (status === undefined) return null;
  if (status === 'PENDING') {
    throw new AppError('validation_failed', { errors: [{ path: 'status', message: 'no booking goes back to it' }] });
  }
  if (!mayDo(role, PERMISSION_OF[status])) {
    throw new AppError('forbidden', { detail: `This needs the permission "${PERMISSION_OF[status]}".` });
  }
  return becomeStatus(ctx, target, { status, reason: said(body.reason) ?? null });
}

async function becomeStatus(
  ctx: Context,
  target: BookingActionInput,
  wish: { status: keyof typeof PERMISSION_OF; reason: string | null },
): Promise<Wish> {
  switch (wish.status) {
    case 'CONFIRMED':
      return approveBooking(ctx, target);
    case 'CANCELLED':
      return cancelBooking(ctx, { ...target, reason: wish.reason });
    case 'COMPLETED':
      return { booking: await checkOut(ctx, { ...target, waiveBalance: null }), isPending: false };
    case 'NO_SHOW':
      return markNoShow(ctx, target);
  }
}

/** Null when neither time nor station is another one. */
function destinationOf(seen: HibachiBooking, body: Change): { startsAt: string; provider: string | null } | null {
  const date = body.date ?? seen.date;
  const slot = body.slot ?? seen.slot;
  const station = said(body.station_id) ?? null;
  const isSameTime = date === seen.date && readClockTime(slot) === seen.slot;
  if (isSameTime && (station === null || station === seen.station_id)) return null;
  return { startsAt: joinStart(date, slot), provider: station };
}
