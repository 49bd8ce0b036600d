import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { extendRoomType } from '../inventory/extend-inventory.ts';
import { logAction } from '../log-action.ts';
import { toSheet } from './room-type-sheet.ts';
import type { RoomTypeFields, RoomTypeSheet } from './room-type-sheet.ts';

/** Adds a room type with a year of nights and no rooms yet; each room added makes one more to sell. Throws: already_exists. */
export async function createRoomType(
  ctx: Context,
  input: RoomTypeFields & { propertyId: string; code: string; actor: Actor },
): Promise<RoomTypeSheet> {
  const { actor, ...data } = input;
  return logAction(ctx, { event: 'catalogue/create-room-type', actor, fields: { roomType: input.code } }, () =>
    answerOnce(ctx, async (tx) => {
      const { property, ...roomType } = await tx.roomType.create({
        data: { id: randomUUIDv7(), ...data },
        include: { property: { select: { currency: true } } },
      });
      await extendRoomType(tx, roomType.id);
      return toSheet(roomType, property.currency);
    }),
  );
}
