import type { RequestContext } from '../../../../context.ts';
import type { Room, Tx } from '../../../../db/client.ts';
import { ConcurrentChange } from '../../../../db/connection/sql-error.ts';
import { readToday } from '../../../../db/connection/clock.ts';
import { lockNights, lockRooms, lockRoomType } from '../../../../db/locks.ts';
import type { PlainDate } from '../../../../domain/time/calendar.ts';
import { AppError } from '../../../../errors.ts';
import { announce, announceAvailability } from '../../../core/feed/announce.ts';
import { logAction } from '../../../core/log/log-action.ts';
import { transaction } from '../../../../db/transaction.ts';
import { rangeOf, ROOM_PARTS, toListedRoom } from './room-details.ts';
import type { ListedRoom, NightRange } from './room-details.ts';

interface RoomChange {
  readonly propertyId: string;
  readonly number: string;
  readonly housekeepingStatus: Room['housekeepingStatus'];
  /** The nights [from, to) an OUT_OF_ORDER room can't be used; null lifts the block, absent leaves it as it is. */
  readonly outOfOrder?: { readonly from: PlainDate; readonly to: PlainDate } | null;
}

/**
 * Sets a room's housekeeping status. The nights of an out-of-order block are not sold.
 *
 * A block is a range of dates, independent of the status. Without a new range, any status change lifts a block that has
 * begun, because the room is usable again, and keeps a future block.
 * Locks: with an old or new block the room type and the nights of both ranges; then the room.
 * Throws: not_found, room_taken when a booking has the room in the block, inventory_in_use when a night is sold out.
 */
export async function changeRoom(ctx: RequestContext, input: RoomChange): Promise<ListedRoom> {
  const { propertyId, number, housekeepingStatus } = input;
  const { actor } = ctx.author;
  return logAction(ctx, { event: 'room/set-status', fields: { room: number, housekeepingStatus } }, () =>
    transaction(ctx, async (tx) => {
      const seen = await tx.room.findFirst({ where: { propertyId, number } });
      if (seen === null) throw new AppError('not_found', { detail: `There is no room ${number}.` });
      await lockRoomAndNights(tx, seen, input.outOfOrder ?? null);
      const room = await tx.room.findUniqueOrThrow({ where: { id: seen.id } });
      if (!isSameRange(rangeOf(seen), rangeOf(room))) throw new ConcurrentChange();
      const outOfOrder = await nextBlock(tx, room, input);
      await moveOutOfOrder(tx, room, outOfOrder);
      const data = { roomNumber: number, ...(actor.name && { staffUser: actor.name }) };
      await announce(tx, { propertyId, type: 'room_status_changed', data });
      const changed = await tx.room.update({
        where: { id: room.id },
        data: {
          housekeepingStatus,
          outOfOrderFromOn: outOfOrder && new Date(outOfOrder.from),
          outOfOrderToOn: outOfOrder && new Date(outOfOrder.to),
        },
        include: ROOM_PARTS,
      });
      return toListedRoom(changed);
    }),
  );
}

/** Decides the block after the change. */
async function nextBlock(tx: Tx, room: Room, { outOfOrder, propertyId }: RoomChange): Promise<NightRange> {
  if (outOfOrder !== undefined) return outOfOrder;
  const block = rangeOf(room);
  return block === null || block.from > (await readToday(tx, propertyId)) ? block : null;
}

async function lockRoomAndNights(tx: Tx, room: Room, next: NightRange): Promise<void> {
  const ranges = [rangeOf(room), next].filter((range) => range !== null);
  const dates = ranges.flatMap((range) => [range.from, range.to]).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  if (from !== undefined && to !== undefined) {
    const { roomTypeId } = room;
    // `addMissingNights` counts the blocks of each new night, so the lock keeps it from running meanwhile.
    await lockRoomType(tx, roomTypeId);
    await lockNights(tx, { roomTypeId, from, to });
  }
  await lockRooms(tx, [room.id]);
}

async function moveOutOfOrder(tx: Tx, room: Room, next: NightRange): Promise<void> {
  const before = rangeOf(room);
  if (isSameRange(before, next)) return;
  if (next !== null) await assertUnassigned(tx, room, next);
  if (before !== null) await addOutOfOrder(tx, room, before, -1);
  if (next !== null) await addOutOfOrder(tx, room, next, 1);
}

async function addOutOfOrder(
  tx: Tx,
  room: Room,
  { from, to }: { from: PlainDate; to: PlainDate },
  step: 1 | -1,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE inventory_nights SET out_of_order = out_of_order + ${step}::int
    WHERE room_type_id = ${room.roomTypeId}::uuid AND night >= ${from}::date AND night < ${to}::date`;
  await announceAvailability(tx, { roomTypeId: room.roomTypeId, from, to });
}

async function assertUnassigned(tx: Tx, room: Room, { from, to }: { from: PlainDate; to: PlainDate }): Promise<void> {
  const assignment = await tx.roomAssignment.findFirst({
    where: { roomId: room.id, releasedAt: null, fromOn: { lt: new Date(to) }, toOn: { gt: new Date(from) } },
    select: { booking: { select: { code: true } } },
  });
  if (assignment !== null) {
    throw new AppError('room_taken', {
      detail: `${assignment.booking.code} has room ${room.number} then; assign it another one first.`,
    });
  }
}

function isSameRange(a: NightRange, b: NightRange): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}
