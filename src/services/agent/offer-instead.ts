import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { readStartAt } from '../slots/read-start.ts';
import { refuseSlotTaken } from '../slots/refuse-slot-taken.ts';

/** Refusals of a time after which another time is what to speak of. */
const ANOTHER_TIME: readonly ErrorCode[] = [
  ...(['outside_hours', 'start_not_offered', 'notice_too_short', 'past_time'] as const),
];

/** Runs the booking of a start; what is refused for its time is refused with the nearest times that can be had. */
export async function offerInstead<T>(
  ctx: Context,
  wish: { slug: string; service: string; provider: string | null; startsAt: string; timezone: string },
  book: () => Promise<T>,
): Promise<T> {
  try {
    return await book();
  } catch (error) {
    if (!(error instanceof AppError) || !ANOTHER_TIME.includes(error.code)) throw error;
    const startsAt = readStartAt(wish.startsAt, wish.timezone);
    const { content } = await refuseSlotTaken(ctx, { ...wish, startsAt, isStaff: false });
    const { alternatives } = content.extra ?? {};
    throw new AppError(error.code, { ...error.content, cause: error, extra: { ...error.content.extra, alternatives } });
  }
}
