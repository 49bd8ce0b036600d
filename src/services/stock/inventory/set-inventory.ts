import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { lockNights, lockRoomType } from '../../../db/locks.ts';
import { transaction } from '../../../db/transaction.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { announceAvailability } from '../../core/feed/announce.ts';
import { logAction } from '../../core/log/log-action.ts';
import { addMissingNights } from './extend-inventory.ts';

/** The values to set on the nights [from, to). Absent: unchanged; null: the room type's value applies. */
export interface InventoryChange {
  readonly roomType: string;
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly price?: number | null | undefined;
  readonly total?: number | undefined;
  readonly minStay?: number | null | undefined;
  readonly maxStay?: number | null | undefined;
  readonly closed?: boolean | undefined;
  readonly closedToArrival?: boolean | undefined;
  readonly closedToDeparture?: boolean | undefined;
}

/**
 * Sets price, number of rooms and restrictions over ranges of nights, all or none.
 *
 * Existing bookings keep price and nights.
 * Throws: not_found, inventory_in_use when fewer rooms would be left than are booked, validation_failed when a night's
 * longest stay would be shorter than its shortest.
 * Returns: the number of nights set.
 */
export async function setInventory(
  ctx: RequestContext,
  input: { propertyId: string; changes: readonly InventoryChange[] },
): Promise<number> {
  const { propertyId } = input;
  const fields = { ranges: input.changes.length };
  return logAction(ctx, { event: 'catalogue/set-inventory', fields }, () =>
    transaction(ctx, async (tx) => {
      for (const { price } of input.changes) await assertChargeableAt(tx, propertyId, { price });
      const ids = await findRoomTypeIds(tx, propertyId, input.changes);
      const targets = input.changes.map((change) => ({ change, roomTypeId: ids.get(change.roomType) ?? '' }));
      // Locks follow the lock order; writes follow the order of the request, where a later range wins.
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
        await assertStayLengths(tx, roomTypeId, change);
        nights += await applyChange(tx, roomTypeId, change);
        // A stay that departs on the first of these dates has its last night the day before.
        const from = change.closedToDeparture === undefined ? change.from : addDays(change.from, -1);
        await announceAvailability(tx, { roomTypeId, from, to: change.to });
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

/** Refuses a longest stay below the shortest stay of a night, by values that stay or change. Throws: validation_failed. */
async function assertStayLengths(tx: Tx, roomTypeId: string, change: InventoryChange): Promise<void> {
  const { from, to, minStay, maxStay } = change;
  if (minStay === undefined && maxStay === undefined) return;
  const rows = await tx.$queryRaw<{ night: string; min: number }[]>`
    SELECT night::text, min FROM (
      SELECT n.night,
        coalesce(CASE WHEN ${minStay !== undefined}::boolean THEN ${minStay ?? null}::int ELSE n.min_stay END, r.min_stay) AS min,
        CASE WHEN ${maxStay !== undefined}::boolean THEN ${maxStay ?? null}::int ELSE n.max_stay END AS max
      FROM inventory_nights n JOIN room_types r ON r.id = n.room_type_id
      WHERE n.room_type_id = ${roomTypeId}::uuid AND n.night >= ${from}::date AND n.night < ${to}::date
    ) AS lengths WHERE max < min ORDER BY night LIMIT 1`;
  const [fault] = rows;
  if (fault === undefined) return;
  const path = maxStay === undefined ? 'minStay' : 'maxStay';
  const message = `would leave no stay that can arrive on ${fault.night}, where the shortest is ${String(fault.min)}`;
  throw new AppError('validation_failed', { errors: [{ path, message }] });
}

async function applyChange(tx: Tx, roomTypeId: string, change: InventoryChange): Promise<number> {
  const { from, to, price, total, minStay, maxStay } = change;
  return tx.$executeRaw`
    UPDATE inventory_nights n SET
      total = coalesce(${total ?? null}::int, n.total),
      price = CASE WHEN ${price !== undefined}::boolean THEN ${price ?? null}::bigint ELSE n.price END,
      min_stay = CASE WHEN ${minStay !== undefined}::boolean THEN ${minStay ?? null}::int ELSE n.min_stay END,
      max_stay = CASE WHEN ${maxStay !== undefined}::boolean THEN ${maxStay ?? null}::int ELSE n.max_stay END,
      is_closed = coalesce(${change.closed ?? null}::boolean, n.is_closed),
      is_closed_to_arrival = coalesce(${change.closedToArrival ?? null}::boolean, n.is_closed_to_arrival),
      is_closed_to_departure = coalesce(${change.closedToDeparture ?? null}::boolean, n.is_closed_to_departure)
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= ${from}::date AND night < ${to}::date`;
}
