import { AppError } from '../../errors.ts';
import type { PartyMember } from './booking.ts';

interface PartySize {
  readonly adults: number;
  readonly children: number;
}

/**
 * Checks that a booking counts everyone it names: the price and the room's occupancy follow the counts.
 *
 * `party` holds all members, the primary guest included. Members who do not stay need no place.
 * Throws: validation_failed with the path of the count that is too low.
 */
export function assertPartyCounted(party: readonly Pick<PartyMember, 'role' | 'isStaying'>[], size: PartySize): void {
  const staying = party.filter(({ isStaying }) => isStaying);
  const children = staying.filter(({ role }) => role === 'CHILD').length;
  const named = { adults: staying.length - children, children };
  for (const path of ['adults', 'children'] as const) {
    if (named[path] <= size[path]) continue;
    const message = `must be at least ${String(named[path])}: the party names so many ${path} who stay`;
    throw new AppError('validation_failed', { detail: `${path}: ${message}`, errors: [{ path, message }] });
  }
}
