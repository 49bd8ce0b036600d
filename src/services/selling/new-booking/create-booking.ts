import type { RequestContext } from '../../../context.ts';
import type { RawQueries } from '../../../db/connection/direct-query.ts';
import { transaction, withRetries } from '../../../db/transaction.ts';
import type { Seller } from '../../../domain/availability/offer.ts';
import { AppError } from '../../../errors.ts';
import { findResponse } from '../../core/idempotency/find-response.ts';
import { logAction, logMilestone } from '../../core/log/log-action.ts';
import { explainPromoRefusal } from '../../stock/redemption/explain-promo-refusal.ts';
import type { RequestedPromo } from '../../stock/redemption/find-promo.ts';
import { explainClaimRefusal } from '../hold/explain-claim-refusal.ts';
import { findClaimingNetwork } from '../hold/find-claiming-network.ts';
import { logExpiry } from '../hold/log-expiry.ts';
import { appointmentBooking } from './appointment-booking.ts';
import type { NewAppointmentBooking } from './appointment-booking.ts';
import type { BookingSteps } from './booking-steps.ts';
import { storedCreation } from './created-booking.ts';
import type { CreatedBooking } from './created-booking.ts';
import { isByStaff } from './draft-booking.ts';
import type { BookingDraft, DraftContext, NewBooking } from './draft-booking.ts';
import { findCustomerByPhone } from './find-customer-by-phone.ts';
import { findPromoForBooking } from './find-promo-for-booking.ts';
import { stayBooking } from './stay-booking.ts';
import type { NewStayBooking } from './stay-booking.ts';
import { writeDraft } from './write-draft.ts';

/** A request for a booking, by its kind. */
export type BookingRequest = NewStayBooking | NewAppointmentBooking;

/** An offer with the property that sells it. */
interface Offered {
  readonly property: Seller;
}

/**
 * Books a stay or an appointment. Of two concurrent requests for the last place, exactly one succeeds.
 *
 * Two round trips when nothing blocks: read the offer, write the booking. A promo code costs a third.
 * Throws: not_found, past_time, the reason why the stay or the start can't be booked, promo_invalid; sold_out or
 * slot_taken with alternatives; too_many_holds; idempotency_in_progress, idempotency_key_reused.
 * Idempotent: with a key, a repeat gets the stored response, also when the first request took the last place.
 */
export async function createBooking(ctx: RequestContext, input: BookingRequest): Promise<CreatedBooking> {
  switch (input.kind) {
    case 'STAY':
      return logBooking(ctx, stayBooking, input);
    case 'APPOINTMENT':
      return logBooking(ctx, appointmentBooking, input);
  }
}

/** Books, then logs the outcome and the milestones of the booking. */
async function logBooking<Input extends NewBooking, Offer extends Offered, Place>(
  ctx: RequestContext,
  steps: BookingSteps<Input, Offer, Place>,
  input: Input,
): Promise<CreatedBooking> {
  const action = { event: 'booking/create' as const, fields: steps.describe(input) };
  const created = await logAction(ctx, action, () => bookOrReplay(ctx, steps, input), describeCreated);
  logMilestone(ctx, 'BOOKING_CREATED', created.booking);
  if (created.booking.status === 'PENDING_PAYMENT') logMilestone(ctx, 'BOOKING_RESERVED', created.booking);
  if (created.booking.status === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', created.booking);
  return created;
}

async function bookOrReplay<Input extends NewBooking, Offer extends Offered, Place>(
  ctx: RequestContext,
  steps: BookingSteps<Input, Offer, Place>,
  input: Input,
): Promise<CreatedBooking> {
  try {
    return await book(ctx, steps, input);
  } catch (error) {
    // The first request may have taken the last place, so its stored response precedes any refusal of the repeat.
    const stored = error instanceof AppError ? await findResponse(ctx, storedCreation) : null;
    if (stored !== null) return stored;
    const person = input.booker ?? input.guest;
    throw await explainClaimRefusal(ctx, explainPromoRefusal(error, { isStaff: isByStaff(ctx) }), {
      property: { slug: input.slug },
      person,
    });
  }
}

async function book<Input extends NewBooking, Offer extends Offered, Place>(
  ctx: RequestContext,
  steps: BookingSteps<Input, Offer, Place>,
  input: Input,
): Promise<CreatedBooking> {
  // 1. Read the offer, the promo where the request has a code, and the customer where there is only a telephone number.
  const offer = await steps.readOffer(ctx, input);
  const promo = await findPromoForBooking(ctx, input, offer.property.id);
  const customerId = await findCustomerByPhone(ctx, input, offer.property);

  // 2. Decide price, status and every other value. Throw the errors that do not depend on a free place.
  const network = findClaimingNetwork(ctx);
  const request = { ...input, keys: ctx.config.ENCRYPTION_KEY, author: ctx.author, network, customerId };
  const drafts = steps.decide(request, offer, promo);

  // 3. Write by one statement, which is its own transaction. A dry run needs a rollback and waits for step 4.
  const created = ctx.request.isDryRun ? null : await withRetries(() => writeFirstFree(ctx, ctx.db, { steps, drafts }));
  if (created !== null) return created;

  // 4. Blocked: release the blocking overdue holds, and try once more.
  const createdAfterRelease = await releaseAndRetry(ctx, steps, { request, offer, promo });
  if (createdAfterRelease !== null) return createdAfterRelease;

  // 5. Refuse. Another booking took the place, so the response cache may be out of date.
  const place = steps.placeOf(input, offer);
  ctx.request.announcements.push({ id: null, type: 'availability_changed', ...place });
  throw await steps.describeRefusal(ctx, input, offer);
}

/** Writes the first draft whose place is free; null when all are taken. */
async function writeFirstFree<Place>(
  ctx: RequestContext,
  db: RawQueries,
  { steps, drafts }: Attempt<Place>,
): Promise<CreatedBooking | null> {
  for (const makeDraft of drafts) {
    const created = await writeDraft(ctx, makeDraft(), (row) => steps.insert(db, row));
    if (created !== null) return created;
  }
  return null;
}

interface Attempt<Place> {
  readonly steps: Pick<BookingSteps<NewBooking, Offered, Place>, 'insert'>;
  readonly drafts: readonly (() => BookingDraft<Place>)[];
}

/** Releases blocking overdue holds and tries once more. Locks: as `release`, then as the statement. */
async function releaseAndRetry<Input extends NewBooking, Offer extends Offered, Place>(
  ctx: RequestContext,
  steps: BookingSteps<Input, Offer, Place>,
  { request, offer, promo }: { request: Input & DraftContext; offer: Offer; promo: RequestedPromo | null },
): Promise<CreatedBooking | null> {
  if (!ctx.request.isDryRun && !(await steps.canUnblock(ctx, offer))) return null;
  const { expired, created } = await transaction(ctx, async (tx) => {
    const released = await steps.release(tx, request, offer);
    const drafts = steps.decide(request, released.offer, promo);
    return { expired: released.expired, created: await writeFirstFree(ctx, tx, { steps, drafts }) };
  });
  for (const hold of expired) logExpiry(ctx, hold);
  return created;
}

function describeCreated({ booking }: CreatedBooking) {
  const { code, status, price, source } = booking;
  return { code, status, totalPayable: price.totalPayable, source };
}
