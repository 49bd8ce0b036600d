import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import { lockRoomType } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { announceAvailability } from '../feed/announce.ts';
import { logAction } from '../log-action.ts';
import { lockAllNights } from '../inventory/lock-all-nights.ts';
import type { ListedRoom } from './list-rooms.ts';

interface NewRoom {
  readonly propertyId: string;
  readonly number: string;
  readonly roomType: string;
  readonly floor: number | null;
  readonly actor: Actor;
}

/** Adds a room, and with it one more to sell on every night from today on. Throws: not_found, already_exists. */
export async function createRoom(ctx: Context, input: NewRoom): Promise<ListedRoom> {
  const { propertyId, number, floor, actor } = input;
  return logAction(ctx, { event: 'room/create', actor, fields: { room: number } }, () =>
    answerOnce(ctx, async (tx) => {
      const roomType = await tx.roomType.findFirst({ where: { propertyId, code: input.roomType } });
      if (roomType === null) throw new AppError('not_found', { detail: `There is no room type "${input.roomType}".` });
      await lockRoomType(tx, roomType.id);
      const today = await lockAllNights(tx, { propertyId, roomTypeId: roomType.id });
      await tx.$executeRaw`
        UPDATE inventory_nights SET total = total + 1 WHERE room_type_id = ${roomType.id}::uuid AND night >= ${today}::date`;
      await announceAvailability(tx, { roomTypeId: roomType.id });
      const room = await tx.room.create({
        data: { id: randomUUIDv7(), propertyId, roomTypeId: roomType.id, number, floor },
      });
      return { ...room, roomType: { code: roomType.code } };
    }),
  );
}
