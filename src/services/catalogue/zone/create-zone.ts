import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { storedZone, toZoneDetails, ZONE_PARTS } from './zone-details.ts';
import type { ZoneFields, ZoneDetails } from './zone-details.ts';

/** Creates a zone of guests' addresses where services are done. Throws: already_exists, validation_failed. */
export async function createZone(
  ctx: RequestContext,
  input: ZoneFields & { propertyId: string; code: string },
): Promise<ZoneDetails> {
  const { propertyId, code } = input;
  return logAction(ctx, { event: 'catalogue/create-zone', fields: { zone: code } }, () =>
    answerOnce(ctx, storedZone, async (tx) => {
      await assertChargeableAt(tx, propertyId, { fee: input.fee });
      const zone = await tx.zone.create({
        data: { id: randomUUIDv7(), ...input, postalCodes: [...input.postalCodes] },
        include: ZONE_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toZoneDetails(zone);
    }),
  );
}
