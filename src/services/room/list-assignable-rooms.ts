import type { Context } from '../../context.ts';
import { readToday } from '../../db/clock.ts';
import { toPlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { nightsToCome } from './assignment.ts';

export interface AssignableRoom {
  readonly number: string;
  readonly roomType: string;
  readonly floor: number | null;
  readonly housekeepingStatus: 'CLEAN' | 'DIRTY' | 'INSPECTED' | 'OUT_OF_ORDER';
}

/**
 * Rooms of the booking's type that are free and in order on all of its nights from today on, clean ones first.
 *
 * Who is in the house moves at once, so a room in which somebody still is, is none of them. Throws: not_found.
 */
export async function listAssignableRooms(
  ctx: Context,
  input: { propertyId: string; code: string },
): Promise<AssignableRoom[]> {
  const { propertyId, code } = input;
  const booking = await ctx.db.booking.findFirst({
    where: { propertyId, code },
    select: { id: true, status: true, stay: { select: { roomTypeId: true, checkInOn: true, heldUntilOn: true } } },
  });
  if (booking === null || booking.stay === null) {
    throw new AppError('not_found', { detail: `There is no stay ${code} here.` });
  }
  const { roomTypeId, checkInOn, heldUntilOn } = booking.stay;
  const held = { checkIn: toPlainDate(checkInOn), heldUntil: toPlainDate(heldUntilOn) };
  const { from, to } = nightsToCome(held, await readToday(ctx.db, propertyId));
  if (from >= to) return [];
  return ctx.db.$queryRaw`
    SELECT r.number, t.code AS "roomType", r.floor, r.housekeeping_status::text AS "housekeepingStatus"
    FROM rooms r
    JOIN room_types t ON t.id = r.room_type_id
    WHERE t.id = ${roomTypeId}::uuid
      AND NOT coalesce(r.out_of_order_from_on < ${to}::date AND r.out_of_order_to_on > ${from}::date, false)
      AND NOT EXISTS (
        SELECT FROM room_assignments a JOIN bookings b ON b.id = a.booking_id
        WHERE a.room_id = r.id AND a.released_at IS NULL AND b.id <> ${booking.id}::uuid
          AND (daterange(a.from_on, a.to_on) && daterange(${from}::date, ${to}::date)
            OR (b.status = 'IN_HOUSE' AND ${booking.status === 'IN_HOUSE'}::boolean)))
    ORDER BY r.housekeeping_status NOT IN ('CLEAN', 'INSPECTED'), r.floor NULLS LAST, r.number`;
}
