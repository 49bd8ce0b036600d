import type { Context } from '../../context.ts';
import { insertAppointmentBooking } from '../../db/statements/insert-appointment-booking.ts';
import type { RawQueries } from '../../db/connection/shortcut.ts';
import { transaction, withRetries } from '../../db/transaction.ts';
import { occupiedBy, priceService } from '../../domain/availability/appointment.ts';
import { choosePlace } from '../slots/choose-place.ts';
import { readSlots } from '../slots/read-slots.ts';
import type { FoundService } from '../slots/read-slots.ts';
import { readStartAt } from '../slots/read-start.ts';
import { refuseSlotTaken } from '../slots/refuse-slot-taken.ts';
import { logExpiry } from '../hold/log-expiry.ts';
import { isWayChanged, releaseOverdueAppointments } from '../hold/release-overdue-appointments.ts';
import { admitPromo } from '../promo-use/admit-promo.ts';
import { askForPromo } from '../promo-use/ask-for-promo.ts';
import { explainPromo } from '../promo-use/explain-promo.ts';
import type { AskedPromo } from '../promo-use/find-promo.ts';
import { chooseZone, draftAppointment } from './draft-appointment.ts';
import type { NewAppointmentBooking } from './draft-appointment.ts';
import { makeBooking, writeDraft } from './write-booking.ts';
import type { CreatedBooking } from './write-booking.ts';

/** What is wanted, and what was offered when it was asked for. */
interface Wish {
  readonly input: NewAppointmentBooking;
  readonly offer: FoundService;
  readonly startsAt: number;
  readonly isStaff: boolean;
  readonly asked: AskedPromo | null;
}

/**
 * Takes a provider's time, or refuses without having taken any: two who want the same one get one 201 and one 409.
 *
 * With no provider named, whoever is free and has least to do that day. Two round trips when nothing is in the way: read
 * the offer, write the booking. When nobody is free, holds past their deadline are released, and it is tried once more.
 * Throws: not_found, local_time_skipped, local_time_ambiguous, the reasons of `SLOT_CODES`, promo_invalid, those of
 * `chooseZone`, slot_taken with alternatives.
 * Idempotent: with a key, the first answer comes again, also when the time has been taken by it since.
 */
export async function createAppointmentBooking(ctx: Context, input: NewAppointmentBooking): Promise<CreatedBooking> {
  const { actor, slug, service, provider } = input;
  const fields = { slug, service, startsAt: input.startsAt };
  return makeBooking(ctx, { actor, fields }, async () => {
    const isStaff = actor.type === 'STAFF';
    const offer = await readSlots(ctx, { ...readingOf(input), drawsCode: true });
    const { timezone } = offer.property;
    const startsAt = readStartAt(input.startsAt, timezone);
    const asked = await askForPromo(ctx, { ...input, propertyId: offer.property.id });
    const wish = { input, offer, startsAt: startsAt.getTime(), isStaff, asked };
    const created = await explainPromo(
      { isStaff },
      async () => (await tryAtOnce(ctx, wish)) ?? (await tryAfterReleasing(ctx, wish)),
    );
    if (created !== null) return created;
    throw await refuseSlotTaken(ctx, { slug, service, provider, startsAt, timezone, isStaff });
  });
}

function readingOf({ slug, service, provider, startsAt, actor }: NewAppointmentBooking) {
  const day = startsAt.slice(0, 10);
  return { slug, service, provider, from: day, to: day, isStaff: actor.type === 'STAFF' };
}

/** The fast path: one statement each, no transaction around it. Null when nobody was free. */
async function tryAtOnce(ctx: Context, wish: Wish): Promise<CreatedBooking | null> {
  return ctx.request.isDryRun ? null : withRetries(() => tryEach(ctx, ctx.db, wish));
}

/** Reads the offer again with the providers locked, when there is any reason to hope that it differs. */
async function tryAfterReleasing(ctx: Context, wish: Wish): Promise<CreatedBooking | null> {
  const { input, offer } = wish;
  const way = { providers: offer.providers, ...occupiedBy(offer.service, wish.startsAt), requestId: ctx.request.id };
  if (!ctx.request.isDryRun && !(await isWayChanged(ctx.db, way))) return null;
  const { expired, created } = await transaction(ctx, async (tx) => {
    const holds = await releaseOverdueAppointments(tx, way);
    const fresh = await readSlots({ db: tx }, readingOf(input));
    const again = { ...wish, offer: { ...fresh, bookingCode: offer.bookingCode } };
    return { expired: holds, created: await tryEach(ctx, tx, again) };
  });
  for (const hold of expired) logExpiry(ctx, hold);
  return created;
}

async function tryEach(
  ctx: Context,
  db: RawQueries,
  { input, offer, startsAt, isStaff, asked }: Wish,
): Promise<CreatedBooking | null> {
  const ours = { ...input, keys: ctx.config.ENCRYPTION_KEY, requestId: ctx.request.id };
  const providers = choosePlace(offer, { startsAt, isStaff });
  const { service, terms, now } = offer;
  const zone = chooseZone(offer, input, isStaff);
  // Said before that the time is taken: who chooses another would only be refused again.
  const promo = admitPromo(asked, {
    ...{ now, sold: { service: service.code }, isStaff },
    amount: () => priceService({ service, terms, request: input, zone, promo: null }).baseAmount,
  });
  for (const provider of providers) {
    const draft = draftAppointment(ours, offer, { startsAt, provider, zone, promo });
    const created = await writeDraft(ctx, draft, (row) => insertAppointmentBooking(db, row));
    if (created !== null) return created;
  }
  return null;
}
