import type { RequestContext } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { storedZone, toZoneDetails, ZONE_PARTS } from './zone-details.ts';
import type { ZoneFields, ZoneDetails } from './zone-details.ts';

/** Changes the given fields of a zone; existing bookings keep their price. Throws: not_found, validation_failed. */
export async function changeZone(
  ctx: RequestContext,
  input: { propertyId: string; code: string; changes: Partial<ZoneFields> },
): Promise<ZoneDetails> {
  const { propertyId, code, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-zone', fields: { zone: code } }, () =>
    answerOnce(ctx, storedZone, async (tx) => {
      const found = await tx.zone.findUnique({
        where: { propertyId_code: { propertyId, code } },
        select: { id: true },
      });
      if (found === null) throw new AppError('not_found', { detail: `There is no zone "${code}".` });
      await assertChargeableAt(tx, propertyId, { fee: changes.fee });
      const { postalCodes, ...rest } = changes;
      const zone = await tx.zone.update({
        where: { id: found.id },
        data: { ...rest, ...(postalCodes && { postalCodes: [...postalCodes] }) },
        include: ZONE_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toZoneDetails(zone);
    }),
  );
}
