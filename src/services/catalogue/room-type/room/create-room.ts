import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../../context.ts';
import { lockRoomType } from '../../../../db/locks.ts';
import { AppError } from '../../../../errors.ts';
import { answerOnce } from '../../../core/idempotency/answer-once.ts';
import { announceAvailability } from '../../../core/feed/announce.ts';
import { logAction } from '../../../core/log/log-action.ts';
import { lockAllNights } from '../../../stock/inventory/lock-all-nights.ts';
import { storedRoom, toListedRoom } from './room-details.ts';
import type { ListedRoom } from './room-details.ts';

interface NewRoom {
  readonly propertyId: string;
  readonly number: string;
  readonly roomType: string;
  readonly floor: number | null;
}

/** Creates a room, which adds one to the total of every night from today on. Throws: not_found, already_exists. */
export async function createRoom(ctx: RequestContext, input: NewRoom): Promise<ListedRoom> {
  const { propertyId, number, floor } = input;
  return logAction(ctx, { event: 'room/create', fields: { room: number } }, () =>
    answerOnce(ctx, storedRoom, async (tx) => {
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
      return toListedRoom({ ...room, roomType });
    }),
  );
}
