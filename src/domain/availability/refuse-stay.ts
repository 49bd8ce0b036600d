import { AppError } from '../../errors.ts';
import { REASON_CODES } from './stay.ts';
import type { RoomTypeOffer, StayAssessment, StayReason, StayRequest } from './stay.ts';

/**
 * Refuses a stay that can not be booked, with the limit in question.
 *
 * SOLD_OUT passes: only the statement that takes the nights decides it. Throws: the codes of the other reasons.
 */
export function refuseStay(
  { reason, minStay, maxStay }: StayAssessment,
  {
    stay,
    roomType,
  }: { stay: Pick<StayRequest, 'checkIn' | 'checkOut'>; roomType: Pick<RoomTypeOffer, 'name' | 'maxOccupancy'> },
): void {
  const { maxOccupancy } = roomType;
  if (reason === null || reason === 'SOLD_OUT') return;
  const details: { readonly [Reason in StayReason]?: string } = {
    OCCUPANCY: `${roomType.name} has room for at most ${sayGuests(maxOccupancy)}.`,
    MIN_STAY: `A stay from ${stay.checkIn} has at least ${sayNights(minStay)}.`,
    MAX_STAY: `A stay from ${stay.checkIn} has at most ${sayNights(maxStay ?? minStay)}.`,
    CLOSED_TO_ARRIVAL: `Nobody can arrive on ${stay.checkIn}; choose another day of arrival.`,
    CLOSED_TO_DEPARTURE: `Nobody can leave on ${stay.checkOut}; choose another day of departure.`,
  };
  const detail = details[reason];
  throw new AppError(REASON_CODES[reason], {
    ...(detail !== undefined && { detail }),
    extra: {
      reason,
      ...(reason === 'OCCUPANCY' && { maxOccupancy }),
      ...(reason === 'MIN_STAY' && { minStay }),
      ...(reason === 'MAX_STAY' && { maxStay }),
    },
  });
}

function sayGuests(count: number): string {
  return count === 1 ? 'one guest' : `${String(count)} guests`;
}

function sayNights(count: number): string {
  return count === 1 ? 'one night' : `${String(count)} nights`;
}
