import type { Context } from '../../../context.ts';
import type { LockedBooking, LockedStay } from '../../../db/locks.ts';
import { TONIGHT } from '../../../db/predicates.ts';
import { AppError } from '../../../errors.ts';
import { remainingNights } from '../../stock/room-assignment/assignment.ts';

export interface AssignableRoom {
  readonly number: string;
  readonly roomType: string;
  readonly floor: number | null;
  readonly housekeepingStatus: 'CLEAN' | 'DIRTY' | 'INSPECTED' | 'OUT_OF_ORDER';
}

/**
 * Lists rooms of the booking's type, free and in order on all nights from the one under way on, clean rooms first.
 *
 * A guest in the house moves at once, so occupied rooms are left out for such a booking. Throws: not_found.
 */
export async function listAssignableRooms(
  ctx: Context,
  input: { propertyId: string; code: string },
): Promise<AssignableRoom[]> {
  const booking = await readStay(ctx, input);
  const { from, to } = remainingNights(booking, booking);
  if (from >= to) return [];
  return ctx.db.$queryRaw`
    SELECT r.number, t.code AS "roomType", r.floor, r.housekeeping_status::text AS "housekeepingStatus"
    FROM rooms r
    JOIN room_types t ON t.id = r.room_type_id
    WHERE t.id = ${booking.roomTypeId}::uuid
      AND NOT coalesce(r.out_of_order_from_on < ${to}::date AND r.out_of_order_to_on > ${from}::date, false)
      AND NOT EXISTS (
        SELECT FROM room_assignments a JOIN bookings b ON b.id = a.booking_id
        WHERE a.room_id = r.id AND a.released_at IS NULL AND b.id <> ${booking.id}::uuid
          AND (daterange(a.from_on, a.to_on) && daterange(${from}::date, ${to}::date)
            OR (b.status = 'IN_HOUSE' AND ${booking.status === 'IN_HOUSE'}::boolean)))
    ORDER BY r.housekeeping_status NOT IN ('CLEAN', 'INSPECTED'), r.floor NULLS LAST, r.number`;
}

type StayNow = Pick<LockedBooking, 'id' | 'status' | 'endsAt' | 'now' | 'today' | 'tonight'> &
  Pick<LockedStay, 'roomTypeId' | 'checkIn' | 'heldUntil'>;

async function readStay(ctx: Context, { propertyId, code }: { propertyId: string; code: string }): Promise<StayNow> {
  const rows = await ctx.db.$queryRaw<StayNow[]>`
    SELECT b.id, b.status::text, b.ends_at AS "endsAt", s.room_type_id AS "roomTypeId", s.check_in_on::text AS "checkIn",
      s.held_until_on::text AS "heldUntil", app_now() AS now,
      to_char(app_now() AT TIME ZONE p.timezone, 'YYYY-MM-DD') AS today, ${TONIGHT} AS tonight
    FROM bookings b JOIN stays s ON s.booking_id = b.id JOIN properties p ON p.id = b.property_id
    WHERE b.property_id = ${propertyId}::uuid AND b.code = ${code}`;
  const stay = rows[0];
  if (stay === undefined) throw new AppError('not_found', { detail: `There is no stay ${code} here.` });
  return stay;
}
