import type { Context } from '../../context.ts';
import type { BookingRow, InsertOutcome } from '../../db/statements/booking-row.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { collectAnnounced } from '../feed/announced-here.ts';
import { findKeptAnswer, keyBusy, openKeptAnswer, sealAnswer } from '../idempotency/answer-once.ts';
import { logAction, logMilestone } from '../log-action.ts';
import type { BookingDraft, NewBooking } from './draft-booking.ts';

export interface CreatedBooking {
  readonly booking: BookingSnapshot;
  readonly guestToken: string;
}

/**
 * Runs the making of a booking and says in the log how it went; a repeat with the same key gets the first answer.
 *
 * `make` answers the booking or throws why there is none.
 */
export async function makeBooking(
  ctx: Context,
  input: Pick<NewBooking, 'actor'> & { readonly fields: Record<string, string> },
  make: () => Promise<CreatedBooking>,
): Promise<CreatedBooking> {
  const action = { event: 'booking/create' as const, actor: input.actor, fields: input.fields };
  const created = await logAction(ctx, action, () => makeOrReplay(ctx, make), describe);
  logMilestone(ctx, 'BOOKING_CREATED', created.booking);
  if (created.booking.status === 'PENDING_PAYMENT') logMilestone(ctx, 'BOOKING_RESERVED', created.booking);
  if (created.booking.status === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', created.booking);
  return created;
}

async function makeOrReplay(ctx: Context, make: () => Promise<CreatedBooking>): Promise<CreatedBooking> {
  try {
    return await make();
  } catch (error) {
    // What refuses the repeat may be the first request's own success, so its answer goes before any refusal.
    const kept = error instanceof AppError ? await findEarlierAnswer(ctx) : null;
    if (kept !== null) return kept;
    throw error;
  }
}

/** Writes a draft by `insert`. Answers null when its place is taken. Throws: idempotency_in_progress, …_key_reused. */
export async function writeDraft<Place>(
  ctx: Context,
  draft: BookingDraft<Place>,
  insert: (row: BookingRow<Place>) => Promise<InsertOutcome>,
): Promise<CreatedBooking | null> {
  const answer: CreatedBooking = { booking: draft.booking, guestToken: draft.guestToken };
  const outcome = await insert({ ...draft.row, idempotency: toKeyRow(ctx, answer) });
  if (outcome.isKeyBusy) throw keyBusy();
  if (outcome.customerId === null) return replayed(ctx, outcome);
  noteTaken(draft.row, outcome);
  return answer;
}

/** The statement leaves word of what it takes by itself. */
function noteTaken({ outbox }: BookingRow<unknown>, { takenEventId: id }: InsertOutcome): void {
  const taken = outbox.find(({ type }) => type === 'availability_changed');
  if (id === null || taken === undefined) throw new Error('Bug: a booking has taken what nobody hears of');
  const { from = null, to = null } = taken.data;
  collectAnnounced({ id, type: taken.type, from, to });
}

function replayed(ctx: Context, { earlier }: InsertOutcome): CreatedBooking | null {
  const request = ctx.request.idempotency;
  return earlier === null || request === null ? null : (openKeptAnswer(ctx, request, earlier) as CreatedBooking);
}

function toKeyRow(ctx: Context, answer: CreatedBooking): BookingRow<unknown>['idempotency'] {
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
  const { code, status, price, source } = booking;
  return { code, status, totalPayable: price.totalPayable, source };
}
