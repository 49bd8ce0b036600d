import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';

export interface AssignableRoom {
  readonly number: string;
  readonly roomType: string;
  readonly floor: number | null;
  readonly housekeepingStatus: 'CLEAN' | 'DIRTY' | 'INSPECTED' | 'OUT_OF_ORDER';
}

/** Rooms of the booking's type that are free and in order on all of its nights, clean ones first. Throws: not_found. */
export async function listAssignableRooms(
  ctx: Context,
  input: { propertyId: string; code: string },
): Promise<AssignableRoom[]> {
  const { propertyId, code } = input;
  const booking = await ctx.db.booking.findFirst({ where: { propertyId, code, kind: 'STAY' }, select: { id: true } });
  if (booking === null) throw new AppError('not_found', { detail: `There is no stay ${code} here.` });
  return ctx.db.$queryRaw`
    SELECT r.number, t.code AS "roomType", r.floor, r.housekeeping_status::text AS "housekeepingStatus"
    FROM stays s
    JOIN rooms r ON r.room_type_id = s.room_type_id
    JOIN room_types t ON t.id = r.room_type_id
    WHERE s.booking_id = ${booking.id}::uuid AND s.held_until_on > s.check_in_on
      AND NOT coalesce(r.out_of_order_from_on < s.held_until_on AND r.out_of_order_to_on > s.check_in_on, false)
      AND NOT EXISTS (
        SELECT FROM room_assignments a
        WHERE a.room_id = r.id AND a.released_at IS NULL AND a.booking_id <> s.booking_id
          AND daterange(a.from_on, a.to_on) && daterange(s.check_in_on, s.held_until_on))
    ORDER BY r.housekeeping_status NOT IN ('CLEAN', 'INSPECTED'), r.floor NULLS LAST, r.number`;
}
