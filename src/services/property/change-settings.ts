import type { Context } from '../../context.ts';
import type { Prisma, Property, Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { extendRoomType } from '../inventory/extend-inventory.ts';
import { logAction } from '../log-action.ts';

/** What staff may change. Zone and currency are not among it: bookings were made in them. */
export type SettingsChange = Pick<
  Prisma.PropertyUncheckedUpdateInput,
  | 'name'
  | 'holdMinutes'
  | 'approval'
  | 'paymentPolicy'
  | 'depositPolicy'
  | 'cancellationPolicy'
  | 'checkInTime'
  | 'checkOutTime'
  | 'bookingWindowDays'
  | 'minNoticeMinutes'
  | 'phone'
  | 'email'
  | 'address'
>;

/** Changes what is given, for bookings made from now on. Throws: version_conflict. */
export async function changeSettings(
  ctx: Context,
  input: { propertyId: string; changes: SettingsChange; actor: Actor; ifVersion: number | null },
): Promise<Property> {
  const { propertyId, actor, ifVersion } = input;
  return logAction(ctx, { event: 'catalogue/change-settings', actor }, () =>
    transaction(ctx, async (tx) => {
      const { count } = await tx.property.updateMany({
        where: { id: propertyId, ...(ifVersion !== null && { version: ifVersion }) },
        data: { ...input.changes, version: { increment: 1 } },
      });
      const property = await tx.property.findUniqueOrThrow({ where: { id: propertyId } });
      if (count === 0) throw new AppError('version_conflict', { extra: { version: property.version } });
      if (input.changes.bookingWindowDays !== undefined) await openWindow(tx, propertyId);
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return property;
    }),
  );
}

/** Nights for a booking window that has grown, so that they are on sale at once. */
async function openWindow(tx: Tx, propertyId: string): Promise<void> {
  const roomTypes = await tx.roomType.findMany({ where: { propertyId, isActive: true }, orderBy: { id: 'asc' } });
  for (const { id } of roomTypes) await extendRoomType(tx, id);
}
