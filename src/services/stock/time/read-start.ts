import { parseStart } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';

/** The range of accepted instants, from `FIRST` up to `END`. */
const [FIRST, END] = [Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1)];

/**
 * Parses a request's time: with an offset as an instant, otherwise as wall time in the property's zone.
 *
 * Throws: local_time_skipped with the next existing time, local_time_ambiguous with both candidates, validation_failed.
 */
export function readStartAt(text: string, timezone: string, path = 'startsAt'): Date {
  const start = parseStart(text, timezone);
  if ('instant' in start) {
    if (start.instant.getTime() >= FIRST && start.instant.getTime() < END) return start.instant;
    throw new AppError('validation_failed', { errors: [{ path, message: 'must be between 2000 and 2099' }] });
  }
  switch (start.problem) {
    case 'UNREADABLE':
      throw new AppError('validation_failed', {
        errors: [{ path, message: 'must be a time such as 2027-05-14T15:00, with an offset or without' }],
      });
    case 'SKIPPED':
      throw new AppError('local_time_skipped', {
        detail: `${text} does not exist in ${timezone}: the clocks go forward. The next time that does is ${start.next}.`,
        errors: [{ path, message: 'does not exist' }],
        extra: { next: start.next },
      });
    case 'AMBIGUOUS':
      throw new AppError('local_time_ambiguous', {
        detail: `${text} comes twice in ${timezone}: the clocks go back. Say which: ${start.candidates.join(' or ')}.`,
        errors: [{ path, message: 'comes twice' }],
        extra: { candidates: start.candidates },
      });
  }
}
