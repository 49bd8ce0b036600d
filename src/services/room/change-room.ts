import type { Context } from '../../context.ts';
import type { Room, Tx } from '../../db/client.ts';
import { ConcurrentChange } from '../../db/sql-error.ts';
import { readToday } from '../../db/clock.ts';
import { lockNights, lockRooms, lockRoomType } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { toPlainDate } from '../../domain/time/calendar.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { announce, announceAvailability } from '../feed/announce.ts';
import { logAction } from '../log-action.ts';
import { transaction } from '../../db/transaction.ts';
import type { ListedRoom } from './list-rooms.ts';

interface RoomChange {
  readonly propertyId: string;
  readonly number: string;
  readonly housekeepingStatus: Room['housekeepingStatus'];
  /** The nights [from, to) an OUT_OF_ORDER room can't be used; null lifts the block, absent leaves it as it is. */
  readonly outOfOrder?: { readonly from: PlainDate; readonly to: PlainDate } | null;
  readonly actor: Actor;
}

/**
 * Sets a room's housekeeping status. Out of order blocks its nights, which then are not sold.
 *
 * The block is its dates, whatever the status: cleaning a room lifts a block that is in force, since the room is back,
 * but not one that is still to come.
 * Locks: where there is a block, or was, the room type and the nights of old and new range; then the room.
 * Throws: not_found, room_taken when a booking has the room then, inventory_in_use when that night is sold out.
 */
export async function changeRoom(ctx: Context, input: RoomChange): Promise<ListedRoom> {
  const { propertyId, number, actor, housekeepingStatus } = input;
  return logAction(ctx, { event: 'room/set-status', actor, fields: { room: number, housekeepingStatus } }, () =>
    transaction(ctx, async (tx) => {
      const seen = await tx.room.findFirst({ where: { propertyId, number } });
      if (seen === null) throw new AppError('not_found', { detail: `There is no room ${number}.` });
      await lockPlace(tx, seen, input.outOfOrder ?? null);
      const room = await tx.room.findUniqueOrThrow({ where: { id: seen.id } });
      if (!isSameRange(rangeOf(seen), rangeOf(room))) throw new ConcurrentChange();
      const outOfOrder = await nextBlock(tx, room, input);
      await moveOutOfOrder(tx, room, outOfOrder);
      const data = { roomNumber: number, ...(actor.name && { staffUser: actor.name }) };
      await announce(tx, { propertyId, type: 'room_status_changed', data });
      return tx.room.update({
        where: { id: room.id },
        data: {
          housekeepingStatus,
          outOfOrderFromOn: outOfOrder && new Date(outOfOrder.from),
          outOfOrderToOn: outOfOrder && new Date(outOfOrder.to),
        },
        include: { roomType: { select: { code: true } } },
      });
    }),
  );
}

type Range = { readonly from: PlainDate; readonly to: PlainDate } | null;

async function nextBlock(tx: Tx, room: Room, { outOfOrder, propertyId }: RoomChange): Promise<Range> {
  if (outOfOrder !== undefined) return outOfOrder;
  const block = rangeOf(room);
  return block === null || block.from > (await readToday(tx, propertyId)) ? block : null;
}

async function lockPlace(tx: Tx, room: Room, next: Range): Promise<void> {
  const ranges = [rangeOf(room), next].filter((range) => range !== null);
  const dates = ranges.flatMap((range) => [range.from, range.to]).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  if (from !== undefined && to !== undefined) {
    const { roomTypeId } = room;
    // Nights that are being made count the blocks they see, so none are made meanwhile.
    await lockRoomType(tx, roomTypeId);
    await lockNights(tx, { roomTypeId, from, to });
  }
  await lockRooms(tx, [room.id]);
}

async function moveOutOfOrder(tx: Tx, room: Room, next: Range): Promise<void> {
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

/** The nights a room is blocked for; null when it is not. */
export function rangeOf({ outOfOrderFromOn, outOfOrderToOn }: Room): Range {
  if (outOfOrderFromOn === null || outOfOrderToOn === null) return null;
  return { from: toPlainDate(outOfOrderFromOn), to: toPlainDate(outOfOrderToOn) };
}

function isSameRange(a: Range, b: Range): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}
