import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { readStartAt } from '../stock/time/read-start.ts';
import { refuseSlotTaken } from '../stock/time/refuse-slot-taken.ts';

/** Refusals of a start after which another start may succeed. */
const TIME_ERRORS: readonly ErrorCode[] = ['outside_hours', 'start_not_offered', 'notice_too_short', 'past_time'];

/** Runs a booking, and adds the nearest bookable starts to a refusal of its start. Throws: the errors of `book`. */
export async function suggestOtherTimes<T>(
  ctx: Context,
  slot: { slug: string; service: string; provider: string | null; startsAt: string; timezone: string },
  book: () => Promise<T>,
): Promise<T> {
  try {
    return await book();
  } catch (error) {
    if (!(error instanceof AppError) || !TIME_ERRORS.includes(error.code)) throw error;
    const startsAt = readStartAt(slot.startsAt, slot.timezone);
    const { content } = await refuseSlotTaken(ctx, { ...slot, startsAt, isStaff: false });
    const { alternatives } = content.extra ?? {};
    throw new AppError(error.code, { ...error.content, cause: error, extra: { ...error.content.extra, alternatives } });
  }
}
