import { readStart } from '../../domain/wall-time.ts';
import { AppError } from '../../errors.ts';

/**
 * The instant that a caller's text means in the property's zone.
 *
 * Throws: local_time_skipped, local_time_ambiguous, validation_failed for what is no time.
 */
export function readStartAt(text: string, timezone: string): Date {
  const start = readStart(text, timezone);
  if ('instant' in start) return start.instant;
  if (start.problem === 'SKIPPED') {
    const detail = `On that day the clocks go forward over ${text}; the next time there is is ${start.next}.`;
    throw new AppError('local_time_skipped', { detail, extra: { next: start.next } });
  }
  if (start.problem === 'AMBIGUOUS') {
    const { candidates } = start;
    const detail = `${text} comes twice on that day: send ${candidates.join(' or ')}.`;
    throw new AppError('local_time_ambiguous', { detail, extra: { candidates } });
  }
  throw new AppError('validation_failed', { errors: [{ path: 'startsAt', message: 'must be a date and time' }] });
}
