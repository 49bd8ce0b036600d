import type { RequestContext } from '../../../context.ts';
import type { BookingRow, InsertOutcome } from '../../../db/statements/booking-row.ts';
import { replayFromStatement, toStatementKey } from '../../core/idempotency/statement-key.ts';
import type { BookingDraft } from './draft-booking.ts';
import { storedCreation } from './created-booking.ts';
import type { CreatedBooking } from './created-booking.ts';

/**
 * Writes a draft by `insert`. Returns null when its place is taken.
 *
 * Idempotent: returns the stored response of the request's key.
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
export async function writeDraft<Place>(
  ctx: RequestContext,
  draft: BookingDraft<Place>,
  insert: (row: BookingRow<Place>) => Promise<InsertOutcome>,
): Promise<CreatedBooking | null> {
  const answer: CreatedBooking = { booking: draft.booking, guestToken: draft.guestToken };
  const outcome = await insert({ ...draft.row, idempotency: toStatementKey(ctx, storedCreation, answer) });
  if (outcome.customerId === null) return replayFromStatement(ctx, storedCreation, outcome);
  collectTaken(ctx, draft.row, outcome);
  return answer;
}

/** Adds the `availability_changed` event that the statement wrote to the request's announcements. */
function collectTaken(ctx: RequestContext, { outbox }: BookingRow<unknown>, { takenEventId: id }: InsertOutcome): void {
  const taken = outbox.find(({ type }) => type === 'availability_changed');
  if (id === null || taken === undefined) throw new Error('Bug: a booking has taken a place without announcing it');
  const { from = null, to = null } = taken.data;
  ctx.request.announcements.push({ id, type: taken.type, from, to });
}
