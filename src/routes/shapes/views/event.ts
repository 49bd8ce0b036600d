import { z } from 'zod';
import { EVENTS } from '../../../domain/feed/events.ts';
import type { EventType } from '../../../domain/feed/events.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';

const types = Object.keys(EVENTS) as [EventType, ...EventType[]];

export const eventView = z
  .object({
    id: z.string().describe('Unique per event, over all channels and repeated deliveries.'),
    seq: z.int().describe('1, 2, 3, … per property, without gaps.'),
    type: z.enum(types),
    occurredAt: z.string(),
    propertySlug: z.string(),
    data: z.object({
      bookingCode: z.string().optional(),
      status: z.enum(BOOKING_STATUSES).optional(),
      roomNumber: z.string().optional(),
      staffUser: z.string().optional().describe('First name of the acting member of staff.'),
      roomType: z.string().optional(),
      provider: z.string().optional(),
      from: z.string().optional(),
      to: z.string().optional(),
    }),
  })
  .meta({
    examples: [
      {
        id: 'harbour-hotel-17',
        seq: 17,
        type: 'booking_approved',
        occurredAt: '2027-05-01T09:04:00.000Z',
        propertySlug: 'harbour-hotel',
        data: { bookingCode: 'BK-2027-0042', status: 'CONFIRMED', staffUser: 'Nora' },
      },
    ],
  });
