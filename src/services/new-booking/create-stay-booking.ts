import type { Context } from '../../context.ts';
import { insertStayBooking } from '../../db/statements/insert-stay-booking.ts';
import { transaction, withRetries } from '../../db/transaction.ts';
import { readOffer } from '../availability/read-offer.ts';
import { refuseSoldOut } from '../availability/refuse-sold-out.ts';
import { logExpiry } from '../hold/log-expiry.ts';
import { releaseOverdueHolds } from '../hold/release-overdue-holds.ts';
import { askForPromo } from '../promo-use/ask-for-promo.ts';
import { explainPromo } from '../promo-use/explain-promo.ts';
import { draftStay } from './draft-stay.ts';
import type { NewStayBooking, StayDraft } from './draft-stay.ts';
import { makeBooking, writeDraft } from './write-booking.ts';
import type { CreatedBooking } from './write-booking.ts';

/**
 * Takes the nights of a stay, or refuses without having taken any: two who want the last one get one 201 and one 409.
 *
 * Two round trips when nothing is in the way: read the offer, write the booking. When nothing is free, a transaction
 * releases holds past their deadline and tries once more. A promo code costs a third, to look it up.
 * Throws: not_found, past_time, the reasons of `assessStay`, promo_invalid, sold_out with alternatives.
 * Idempotent: with a key, the first answer comes again, also when the stay has been sold out by it since.
 */
export async function createStayBooking(ctx: Context, input: NewStayBooking): Promise<CreatedBooking> {
  const { actor, slug, roomType, stay } = input;
  const fields = { slug, roomType, checkIn: stay.checkIn, checkOut: stay.checkOut };
  return makeBooking(ctx, { actor, fields }, async () => {
    const isStaff = actor.type === 'STAFF';
    const offer = await readOffer(ctx, { slug, stay, roomType, isStaff, drawsCode: true });
    const asked = await askForPromo(ctx, { ...input, propertyId: offer.property.id });
    const draft = draftStay({ ...input, keys: ctx.config.ENCRYPTION_KEY, requestId: ctx.request.id }, offer, asked);
    const created = await explainPromo(
      { isStaff },
      async () => (await tryAtOnce(ctx, draft)) ?? (await tryAfterReleasing(ctx, draft)),
    );
    if (created !== null) return created;
    throw await refuseSoldOut(ctx, { ...input, isStaff });
  });
}

/** The fast path: one statement, no transaction around it. Null when it found nothing free. */
async function tryAtOnce(ctx: Context, draft: StayDraft): Promise<CreatedBooking | null> {
  if (ctx.request.isDryRun) return null;
  return withRetries(() => writeDraft(ctx, draft, (row) => insertStayBooking(ctx.db, row)));
}

async function tryAfterReleasing(ctx: Context, draft: StayDraft): Promise<CreatedBooking | null> {
  const { room_type_id: roomTypeId, check_in_on: from, check_out_on: to } = draft.row.place;
  const { expired, created } = await transaction(ctx, async (tx) => ({
    expired: await releaseOverdueHolds(tx, { roomTypeId, from, to, requestId: ctx.request.id }),
    created: await writeDraft(ctx, draft, (row) => insertStayBooking(tx, row)),
  }));
  for (const hold of expired) logExpiry(ctx, hold);
  return created;
}
