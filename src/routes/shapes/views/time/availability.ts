import { z } from 'zod';
import { STAY_REASONS } from '../../../../domain/availability/stay.ts';
import type { StaySearchResult } from '../../../../services/selling/availability/search-stays.ts';

export const availabilityView = z
  .object({
    checkIn: z.string(),
    checkOut: z.string(),
    nights: z.int(),
    roomTypes: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        maxOccupancy: z.int(),
        available: z.int().describe('Rooms free for the whole stay.'),
        bookable: z.boolean(),
        reason: z.enum(STAY_REASONS).optional().describe('The reason when not bookable.'),
        minStay: z.int().describe('The fewest nights for this arrival.'),
        maxStay: z.int().nullable().describe('The most nights for this arrival; null: no limit.'),
        nightly: z.array(z.object({ date: z.string(), amount: z.int() })),
        baseAmount: z.int(),
        totalPayable: z.int(),
        currency: z.string(),
      }),
    ),
  })
  .meta({
    examples: [
      {
        checkIn: '2027-05-14',
        checkOut: '2027-05-15',
        nights: 1,
        roomTypes: [
          {
            code: 'SUITE',
            name: 'Suite',
            maxOccupancy: 4,
            available: 0,
            bookable: false,
            reason: 'SOLD_OUT',
            minStay: 1,
            maxStay: null,
            nightly: [{ date: '2027-05-14', amount: 28900 }],
            baseAmount: 28900,
            totalPayable: 28900,
            currency: 'EUR',
          },
        ],
      },
    ],
  });

export function viewAvailability(result: StaySearchResult): z.output<typeof availabilityView> {
  const { checkIn, checkOut, nights, roomTypes } = result;
  return {
    checkIn,
    checkOut,
    nights,
    roomTypes: roomTypes.map(({ reason, price, nightly, code, name, maxOccupancy, available, minStay, maxStay }) => ({
      code,
      name,
      maxOccupancy,
      available,
      bookable: reason === null,
      ...(reason !== null && { reason }),
      minStay,
      maxStay,
      nightly: [...nightly],
      baseAmount: price.baseAmount,
      totalPayable: price.totalPayable,
      currency: price.currency,
    })),
  };
}
