import type { RequestContext } from '../../../context.ts';
import type { Prisma, Property, Tx } from '../../../db/client.ts';
import { transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import { announce } from '../../core/feed/announce.ts';
import { extendRoomType } from '../../stock/inventory/extend-inventory.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertDepositChargeable, assertSettingsAgree } from './assert-settings-agree.ts';

/** The settings that staff may change. Time zone and currency are fixed, because bookings depend on both. */
export type SettingsChange = Pick<
  Prisma.PropertyUncheckedUpdateInput,
  | 'name'
  | 'holdMinutes'
  | 'maxOpenHolds'
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

/** Changes the given settings, for new bookings. Throws: version_conflict, validation_failed for contradictions. */
export async function changeSettings(
  ctx: RequestContext,
  input: { propertyId: string; changes: SettingsChange; ifVersion: number | null },
): Promise<Property> {
  const { propertyId, ifVersion } = input;
  return logAction(ctx, { event: 'catalogue/change-settings' }, () =>
    transaction(ctx, async (tx) => {
      const { count } = await tx.property.updateMany({
        where: { id: propertyId, ...(ifVersion !== null && { version: ifVersion }) },
        data: { ...input.changes, version: { increment: 1 } },
      });
      const property = await tx.property.findUniqueOrThrow({ where: { id: propertyId } });
      if (count === 0) throw new AppError('version_conflict', { extra: { version: property.version } });
      assertDepositChargeable(property, input.changes);
      await assertSettingsAgree(tx, property, (setting) => setting in input.changes);
      if (input.changes.bookingWindowDays !== undefined) await extendRoomTypes(tx, propertyId);
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return property;
    }),
  );
}

/** Adds the nights of a longer booking window, which are on sale at once. */
async function extendRoomTypes(tx: Tx, propertyId: string): Promise<void> {
  const roomTypes = await tx.roomType.findMany({ where: { propertyId, isActive: true }, orderBy: { id: 'asc' } });
  for (const { id } of roomTypes) await extendRoomType(tx, id);
}
