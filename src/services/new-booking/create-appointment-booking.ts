import type { Context } from '../../context.ts';
import { insertAppointmentBooking } from '../../db/insert-appointment-booking.ts';
import type { Queryable } from '../../db/client.ts';
import { transaction, withRetries } from '../../db/transaction.ts';
import { readStartAt } from '../availability/read-start.ts';
import { choosePlace } from '../availability/choose-place.ts';
import { readSlots } from '../availability/read-slots.ts';
import { refuseSlotTaken } from '../availability/refuse-slot-taken.ts';
import { logExpiry } from '../hold/log-expiry.ts';
import { releaseOverdueAppointments } from '../hold/release-overdue-appointments.ts';
import { assertPromo } from '../pricing/assert-promo.ts';
import { chooseZone, draftAppointment } from './draft-appointment.ts';
import type { AppointmentDraft, NewAppointmentBooking } from './draft-appointment.ts';
import { makeBooking, writeDraft } from './write-booking.ts';
import type { CreatedBooking } from './write-booking.ts';

/**
 * Takes a provider's time, or refuses without having taken any: two who want the same one get one 201 and one 409.
 *
 * With no provider named, whoever is free and has least to do that day. Two round trips when nothing is in the way: read
 * the offer, write the booking. When nobody is free, a transaction releases holds past their deadline and tries once more.
 * Throws: not_found, local_time_skipped, local_time_ambiguous, the reasons of `SLOT_CODES`, promo_invalid, those of
 * `chooseZone`, slot_taken with alternatives.
 * Idempotent: with a key, the first answer comes again, also when the time has been taken by it since.
 */
export async function createAppointmentBooking(ctx: Context, input: NewAppointmentBooking): Promise<CreatedBooking> {
  const { actor, slug, service, provider } = input;
  const fields = { slug, service, startsAt: input.startsAt };
  return makeBooking(ctx, { actor, fields }, async () => {
    const isStaff = actor.type === 'STAFF';
    const day = input.startsAt.slice(0, 10);
    const offer = await readSlots(ctx, { slug, service, provider, from: day, to: day, isStaff, drawsCode: true });
    const { timezone } = offer.property;
    const startsAt = readStartAt(input.startsAt, timezone);
    const providers = choosePlace(offer, { startsAt: startsAt.getTime(), isStaff });
    // Said before that the time is taken: who chooses another would only be refused again.
    assertPromo(input.promoCode);
    const zone = chooseZone(offer, input, isStaff);
    const draft = { ...input, keys: ctx.config.ENCRYPTION_KEY, requestId: ctx.request.id };
    const drafts = providers.map((each) =>
      draftAppointment(draft, offer, { startsAt: startsAt.getTime(), provider: each, zone }),
    );
    const created = (await tryAtOnce(ctx, drafts)) ?? (await tryAfterReleasing(ctx, drafts));
    if (created !== null) return created;
    throw await refuseSlotTaken(ctx, { slug, service, provider, startsAt, timezone, isStaff });
  });
}

/** The fast path: one statement each, no transaction around it. Null when nobody was free. */
async function tryAtOnce(ctx: Context, drafts: readonly AppointmentDraft[]): Promise<CreatedBooking | null> {
  if (ctx.request.isDryRun) return null;
  for (const draft of drafts) {
    const created = await withRetries(() => tryDraft(ctx, ctx.db, draft));
    if (created !== null) return created;
  }
  return null;
}

async function tryAfterReleasing(ctx: Context, drafts: readonly AppointmentDraft[]): Promise<CreatedBooking | null> {
  const places = drafts.map(({ row }) => row.place);
  const [first] = places;
  if (first === undefined) return null;
  const { occupied_from: from, occupied_until: until } = first;
  const providerIds = places.map((place) => place.provider_id);
  const { expired, created } = await transaction(ctx, async (tx) => {
    const holds = await releaseOverdueAppointments(tx, { providerIds, from, until, requestId: ctx.request.id });
    for (const draft of drafts) {
      const written = await tryDraft(ctx, tx, draft);
      if (written !== null) return { expired: holds, created: written };
    }
    return { expired: holds, created: null };
  });
  for (const hold of expired) logExpiry(ctx, hold);
  return created;
}

async function tryDraft(
  ctx: Context,
  db: Pick<Queryable, '$queryRaw'>,
  draft: AppointmentDraft,
): Promise<CreatedBooking | null> {
  return writeDraft(ctx, draft, (row) => insertAppointmentBooking(db, row));
}
