import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { toZoneSheet, ZONE_PARTS } from './zone-sheet.ts';
import type { ZoneFields, ZoneSheet } from './zone-sheet.ts';

/** Adds a zone that services are brought to. Throws: already_exists. */
export async function createZone(
  ctx: Context,
  input: ZoneFields & { propertyId: string; code: string; actor: Actor },
): Promise<ZoneSheet> {
  const { actor, ...data } = input;
  const { propertyId, code } = data;
  return logAction(ctx, { event: 'catalogue/create-zone', actor, fields: { zone: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const zone = await tx.zone.create({
        data: { id: randomUUIDv7(), ...data, postalCodes: [...data.postalCodes] },
        include: ZONE_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toZoneSheet(zone);
    }),
  );
}
