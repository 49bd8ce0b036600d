import type { Context } from '../../context.ts';
import type { Queryable, Tx } from '../../db/client.ts';
import { insertStayBooking } from '../../db/insert-stay-booking.ts';
import type { InsertOutcome, StayBookingRow } from '../../db/insert-stay-booking.ts';
import { transaction, withRetries } from '../../db/transaction.ts';
import type { Actor, BookingSnapshot, BookingSource, Contact, PartyMember } from '../../domain/booking.ts';
import type { StaffPayment } from '../../domain/first-status.ts';
import { assessStay, priceOffer, REASON_CODES } from '../../domain/stay.ts';
import type { StayRequest } from '../../domain/stay.ts';
import { AppError } from '../../errors.ts';
import { refuseSoldOut } from '../availability/refuse-sold-out.ts';
import { minutesToArrival, readOffer } from '../availability/read-offer.ts';
import { assertPromo } from '../pricing/assert-promo.ts';
import { logExpiry } from '../hold/log-expiry.ts';
import { releaseOverdueHolds } from '../hold/release-overdue-holds.ts';
import { findKeptAnswer, keyBusy, openKeptAnswer, sealAnswer } from '../idempotency/answer-once.ts';
import { logAction, logMilestone } from '../log-action.ts';
import { draftStayBooking } from './draft-stay-booking.ts';
import type { StayBookingDraft } from './draft-stay-booking.ts';

export interface NewStayBooking {
  readonly slug: string;
  readonly roomType: string;
  readonly stay: StayRequest;
  readonly guest: Contact;
  readonly companions: readonly PartyMember[];
  readonly booker: Contact | null;
  readonly specialRequests: string | null;
  readonly promoCode: string | null;
  readonly source: BookingSource;
  readonly payment: StaffPayment;
  readonly actor: Actor;
}

export interface CreatedBooking {
  readonly booking: BookingSnapshot;
  readonly guestToken: string;
}

/**
 * Takes the nights of a stay, or refuses without having taken any: two who want the last one get one 201 and one 409.
 *
 * Two round trips when nothing is in the way: read the offer, write the booking. When nothing is free, a transaction
 * releases holds past their deadline and tries once more.
 * Throws: not_found, past_time, the reasons of `assessStay`, promo_invalid, sold_out with alternatives.
 * Idempotent: with a key, the first answer comes again, also when the stay has been sold out by it since.
 */
export async function createStayBooking(ctx: Context, input: NewStayBooking): Promise<CreatedBooking> {
  const { actor, slug, roomType } = input;
  const fields = { slug, roomType, checkIn: input.stay.checkIn, checkOut: input.stay.checkOut };
  const action = { event: 'booking/create' as const, actor, fields };
  const created = await logAction(ctx, action, () => createOrReplay(ctx, input), describe);
  logMilestone(ctx, 'BOOKING_CREATED', created.booking);
  if (created.booking.status === 'PENDING_PAYMENT') logMilestone(ctx, 'BOOKING_RESERVED', created.booking);
  if (created.booking.status === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', created.booking);
  return created;
}

async function createOrReplay(ctx: Context, input: NewStayBooking): Promise<CreatedBooking> {
  try {
    const draft = await draftBooking(ctx, input);
    const created = (await tryAtOnce(ctx, draft)) ?? (await tryAfterReleasing(ctx, draft));
    if (created !== null) return created;
    throw await refuseSoldOut(ctx, { ...input, isStaff: input.actor.type === 'STAFF' });
  } catch (error) {
    // What refuses the repeat may be the first request's own success, so its answer goes before any refusal.
    const kept = error instanceof AppError ? await findEarlierAnswer(ctx) : null;
    if (kept !== null) return kept;
    throw error;
  }
}

/** Prices the stay and decides every value of the booking. Throws what stands against it, except being sold out. */
async function draftBooking(ctx: Context, input: NewStayBooking): Promise<StayBookingDraft> {
  const { slug, stay, payment } = input;
  const isStaff = input.actor.type === 'STAFF';
  const offer = await readOffer(ctx, { slug, stay, roomType: input.roomType, isStaff, drawsCode: true });
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${input.roomType}".` });
  assertPromo(input.promoCode);
  const { reason, minStay } = assessStay({
    ...{ stay, roomType, terms: offer.terms, today: offer.today },
    minutesToArrival: minutesToArrival(offer),
  });
  // Sold out is not for a read to say: the statement that takes the nights decides.
  if (reason !== null && reason !== 'SOLD_OUT') {
    throw new AppError(REASON_CODES[reason], { extra: { reason, ...(reason === 'MIN_STAY' && { minStay }) } });
  }
  const terms = payment === 'LINK' ? offer.terms : { ...offer.terms, paymentPolicy: 'NONE' as const };
  const price = priceOffer({ stay, roomType, terms, promo: null });
  return draftStayBooking({
    ...input,
    ...{ keys: ctx.config.ENCRYPTION_KEY, offer, roomType, price, requestId: ctx.request.id },
  });
}

/** The fast path: one statement, no transaction around it. Null when it found nothing free. */
async function tryAtOnce(ctx: Context, draft: StayBookingDraft): Promise<CreatedBooking | null> {
  return ctx.request.isDryRun ? null : withRetries(() => insertDraft(ctx, ctx.db, draft));
}

async function tryAfterReleasing(ctx: Context, draft: StayBookingDraft): Promise<CreatedBooking | null> {
  const { room_type_id: roomTypeId, check_in_on: from, check_out_on: to } = draft.row;
  const { expired, created } = await transaction(ctx, async (tx: Tx) => ({
    expired: await releaseOverdueHolds(tx, { roomTypeId, from, to, requestId: ctx.request.id }),
    created: await insertDraft(ctx, tx, draft),
  }));
  for (const hold of expired) logExpiry(ctx, hold);
  return created;
}

async function insertDraft(
  ctx: Context,
  db: Pick<Queryable, '$queryRaw'>,
  draft: StayBookingDraft,
): Promise<CreatedBooking | null> {
  const answer: CreatedBooking = { booking: draft.booking, guestToken: draft.guestToken };
  const outcome = await insertStayBooking(db, { ...draft.row, idempotency: toKeyRow(ctx, answer) });
  if (outcome.isKeyBusy) throw keyBusy();
  return outcome.customerId === null ? replayed(ctx, outcome) : answer;
}

function replayed(ctx: Context, { earlier }: InsertOutcome): CreatedBooking | null {
  const request = ctx.request.idempotency;
  return earlier === null || request === null ? null : (openKeptAnswer(ctx, request, earlier) as CreatedBooking);
}

function toKeyRow(ctx: Context, answer: CreatedBooking): StayBookingRow['idempotency'] {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return null;
  const { scope, key, requestHash } = request;
  return { scope, key, request_hash: requestHash, answer_sealed: sealAnswer(ctx, answer) };
}

async function findEarlierAnswer(ctx: Context): Promise<CreatedBooking | null> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return null;
  const kept = await findKeptAnswer(ctx, ctx.db, request);
  return kept === null ? null : (kept.answer as CreatedBooking);
}

function describe({ booking }: CreatedBooking) {
  return {
    code: booking.code,
    status: booking.status,
    totalPayable: booking.price.totalPayable,
    source: booking.source,
  };
}
