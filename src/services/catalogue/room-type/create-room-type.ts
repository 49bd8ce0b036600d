import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { extendRoomType } from '../../stock/inventory/extend-inventory.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertRoomTypeAgrees, listPrices } from './assert-room-type-agrees.ts';
import { storedRoomType, toRoomTypeDetails } from './room-type-details.ts';
import type { RoomTypeFields, RoomTypeDetails } from './room-type-details.ts';

/** Creates a room type without rooms, with nights for the booking window. Throws: already_exists, validation_failed. */
export async function createRoomType(
  ctx: RequestContext,
  input: RoomTypeFields & { propertyId: string; code: string },
): Promise<RoomTypeDetails> {
  return logAction(ctx, { event: 'catalogue/create-room-type', fields: { roomType: input.code } }, () =>
    answerOnce(ctx, storedRoomType, async (tx) => {
      assertRoomTypeAgrees(input);
      await assertChargeableAt(tx, input.propertyId, listPrices(input));
      const { property, ...roomType } = await tx.roomType.create({
        data: { id: randomUUIDv7(), ...input },
        include: { property: { select: { currency: true } } },
      });
      await extendRoomType(tx, roomType.id);
      return toRoomTypeDetails(roomType, property.currency);
    }),
  );
}
