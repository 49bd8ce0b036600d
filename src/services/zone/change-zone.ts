import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { toZoneSheet, ZONE_PARTS } from './zone-sheet.ts';
import type { ZoneFields, ZoneSheet } from './zone-sheet.ts';

/** Changes what is given; bookings keep the price they were made at. Throws: not_found. */
export async function changeZone(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor; changes: Partial<ZoneFields> },
): Promise<ZoneSheet> {
  const { propertyId, code, actor, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-zone', actor, fields: { zone: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const found = await tx.zone.findUnique({
        where: { propertyId_code: { propertyId, code } },
        select: { id: true },
      });
      if (found === null) throw new AppError('not_found', { detail: `There is no zone "${code}".` });
      const { postalCodes, ...rest } = changes;
      const zone = await tx.zone.update({
        where: { id: found.id },
        data: { ...rest, ...(postalCodes && { postalCodes: [...postalCodes] }) },
        include: ZONE_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toZoneSheet(zone);
    }),
  );
}
