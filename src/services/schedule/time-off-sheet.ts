import { spellLocal } from '../../domain/time/wall-time.ts';

/** When a provider is not there. Plain JSON, so that an answer can be kept. */
export interface TimeOffSheet {
  readonly id: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Wall times at the property. */
  readonly localStart: string;
  readonly localEnd: string;
  readonly reason: string | null;
}

/** The time off as it is shown. */
export function toTimeOffSheet(
  timeOff: { readonly id: string; readonly startsAt: Date; readonly endsAt: Date; readonly reason: string | null },
  timezone: string,
): TimeOffSheet {
  const { id, startsAt, endsAt, reason } = timeOff;
  return {
    ...{ id, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    localStart: spellLocal(startsAt, timezone),
    localEnd: spellLocal(endsAt, timezone),
    reason,
  };
}
