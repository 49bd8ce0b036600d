import type { RequestContext } from '../../../context.ts';
import { lockRoomType } from '../../../db/locks.ts';
import { transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { announceAvailability } from '../../core/feed/announce.ts';
import { assertMinStayFits } from '../../stock/inventory/assert-min-stay-fits.ts';
import { extendRoomType } from '../../stock/inventory/extend-inventory.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertRoomTypeAgrees, listPrices } from './assert-room-type-agrees.ts';
import { toRoomTypeDetails } from './room-type-details.ts';
import type { RoomTypeFields, RoomTypeDetails } from './room-type-details.ts';

/**
 * Changes the given fields of a room type; existing bookings keep their price.
 *
 * Locks: the room type, so that the validation sees changed and unchanged fields together.
 * Throws: not_found, validation_failed.
 */
export async function changeRoomType(
  ctx: RequestContext,
  input: { propertyId: string; code: string; changes: Partial<RoomTypeFields> },
): Promise<RoomTypeDetails> {
  const { propertyId, code, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-room-type', fields: { roomType: code } }, () =>
    transaction(ctx, async (tx) => {
      const seen = await tx.roomType.findFirst({ where: { propertyId, code }, select: { id: true } });
      if (seen === null) throw new AppError('not_found', { detail: `There is no room type "${code}".` });
      await lockRoomType(tx, seen.id);
      const roomType = await tx.roomType.findUniqueOrThrow({ where: { id: seen.id } });
      assertRoomTypeAgrees({ ...roomType, ...changes });
      await assertChargeableAt(tx, propertyId, listPrices(changes));
      if (changes.minStay !== undefined) await assertMinStayFits(tx, roomType.id, changes.minStay);
      const { property, ...changed } = await tx.roomType.update({
        where: { id: roomType.id },
        data: changes,
        include: { property: { select: { currency: true } } },
      });
      if (changed.isActive && !roomType.isActive) await extendRoomType(tx, changed.id);
      await announceAvailability(tx, { roomTypeId: roomType.id });
      return toRoomTypeDetails(changed, property.currency);
    }),
  );
}
