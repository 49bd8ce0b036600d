import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { lockNights, lockRoomType } from '../../db/locks.ts';
import { transaction } from '../../db/transaction.ts';
import type { Actor } from '../../domain/booking.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { announceAvailability } from '../feed/announce.ts';
import { logAction } from '../log-action.ts';
import { addMissingNights } from './extend-inventory.ts';

/** What is set on the nights [from, to); what is absent stays, null goes back to the room type's own. */
export interface InventoryChange {
  readonly roomType: string;
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly price?: number | null | undefined;
  readonly total?: number | undefined;
  readonly minStay?: number | null | undefined;
  readonly closed?: boolean | undefined;
}

/**
 * Sets price, number of rooms, minimum stay or closure over ranges of nights, all of them or none.
 *
 * Bookings already made keep their price and their nights.
 * Throws: not_found, inventory_in_use when fewer rooms would be left than are booked. Answers how many nights it set.
 */
export async function setInventory(
  ctx: Context,
  input: { propertyId: string; changes: readonly InventoryChange[]; actor: Actor },
): Promise<number> {
  const { propertyId, actor } = input;
  const fields = { ranges: input.changes.length };
  return logAction(ctx, { event: 'catalogue/set-inventory', actor, fields }, () =>
    transaction(ctx, async (tx) => {
      const ids = await findRoomTypeIds(tx, propertyId, input.changes);
      const targets = input.changes.map((change) => ({ change, roomTypeId: ids.get(change.roomType) ?? '' }));
      // In the order of the locks, whatever the order of the request; what is written follows the request.
      const inLockOrder = [...targets].sort((a, b) =>
        a.roomTypeId + a.change.from < b.roomTypeId + b.change.from ? -1 : 1,
      );
      for (const roomTypeId of [...ids.values()].sort()) await lockRoomType(tx, roomTypeId);
      for (const { roomTypeId, change } of inLockOrder) {
        const nights = { roomTypeId, from: change.from, to: change.to };
        await lockNights(tx, nights);
        await addMissingNights(tx, nights);
      }
      let nights = 0;
      for (const { roomTypeId, change } of targets) {
        nights += await applyChange(tx, roomTypeId, change);
        await announceAvailability(tx, { roomTypeId, from: change.from, to: change.to });
      }
      return nights;
    }),
  );
}

async function findRoomTypeIds(
  tx: Tx,
  propertyId: string,
  changes: readonly InventoryChange[],
): Promise<Map<string, string>> {
  const codes = [...new Set(changes.map((change) => change.roomType))];
  const roomTypes = await tx.roomType.findMany({
    where: { propertyId, code: { in: codes } },
    select: { id: true, code: true },
  });
  const ids = new Map(roomTypes.map(({ code, id }) => [code, id]));
  const missing = codes.find((code) => !ids.has(code));
  if (missing !== undefined) throw new AppError('not_found', { detail: `There is no room type "${missing}".` });
  return ids;
}

async function applyChange(tx: Tx, roomTypeId: string, change: InventoryChange): Promise<number> {
  const { from, to, price, total, minStay, closed } = change;
  return tx.$executeRaw`
    UPDATE inventory_nights n SET
      total = coalesce(${total ?? null}::int, n.total),
      price = CASE WHEN ${price !== undefined}::boolean THEN ${price ?? null}::bigint ELSE n.price END,
      min_stay = CASE WHEN ${minStay !== undefined}::boolean THEN ${minStay ?? null}::int ELSE n.min_stay END,
      is_closed = coalesce(${closed ?? null}::boolean, n.is_closed)
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= ${from}::date AND night < ${to}::date`;
}
