import type { Context } from '../../context.ts';
import { lockRoomType } from '../../db/locks.ts';
import { transaction } from '../../db/transaction.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announceAvailability } from '../feed/announce.ts';
import { extendRoomType } from '../inventory/extend-inventory.ts';
import { logAction } from '../log-action.ts';
import { toSheet } from './room-type-sheet.ts';
import type { RoomTypeFields, RoomTypeSheet } from './room-type-sheet.ts';

/**
 * Changes what is given; bookings keep the price they were made at.
 *
 * Locks: the room type, so that what is given and what stays are judged together. Throws: not_found, validation_failed.
 */
export async function changeRoomType(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor; changes: Partial<RoomTypeFields> },
): Promise<RoomTypeSheet> {
  const { propertyId, code, actor, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-room-type', actor, fields: { roomType: code } }, () =>
    transaction(ctx, async (tx) => {
      const seen = await tx.roomType.findFirst({ where: { propertyId, code }, select: { id: true } });
      if (seen === null) throw new AppError('not_found', { detail: `There is no room type "${code}".` });
      await lockRoomType(tx, seen.id);
      const roomType = await tx.roomType.findUniqueOrThrow({ where: { id: seen.id } });
      const { maxOccupancy, baseOccupancy } = { ...roomType, ...changes };
      if (baseOccupancy > maxOccupancy) {
        throw new AppError('validation_failed', {
          errors: [{ path: 'baseOccupancy', message: 'must not exceed maxOccupancy' }],
        });
      }
      const { property, ...changed } = await tx.roomType.update({
        where: { id: roomType.id },
        data: changes,
        include: { property: { select: { currency: true } } },
      });
      if (changed.isActive && !roomType.isActive) await extendRoomType(tx, changed.id);
      await announceAvailability(tx, { roomTypeId: roomType.id });
      return toSheet(changed, property.currency);
    }),
  );
}
