import { z } from 'zod';
import { BOOKING_KINDS, BOOKING_STATUSES } from '../../../../domain/booking-status.ts';
import { PAYMENT_STAGES } from '../../../../domain/money/payment-stage.ts';
import type { Calendar } from '../../../../services/desk/calendar/list-calendar.ts';

export const calendarView = z
  .object({
    from: z.string(),
    to: z.string().describe('The last date, inclusive.'),
    timezone: z.string(),
    currency: z.string(),
    entries: z.array(
      z.object({
        code: z.string(),
        kind: z.enum(BOOKING_KINDS),
        status: z.enum(BOOKING_STATUSES),
        start: z.string().describe('The arrival date of a stay; the start of an appointment.'),
        end: z.string().describe('The departure date of a stay; the end of an appointment.'),
        localStart: z.string().describe('Wall time at the property, with offset.'),
        title: z.string().describe('The guest’s first name and initial, and the room type or service.'),
        room: z.string().nullable(),
        provider: z.string().nullable(),
        totalGuests: z.int(),
        balanceDue: z.int(),
        paymentStatus: z.enum(PAYMENT_STAGES),
      }),
    ),
  })
  .meta({
    examples: [
      {
        from: '2027-05-17',
        to: '2027-05-23',
        timezone: 'America/Chicago',
        currency: 'USD',
        entries: [
          {
            code: 'BK-2027-0042',
            kind: 'APPOINTMENT',
            status: 'CONFIRMED',
            start: '2027-05-18T20:00:00.000Z',
            end: '2027-05-18T21:00:00.000Z',
            localStart: '2027-05-18T15:00:00-05:00',
            title: 'Dana O., Facial',
            room: null,
            provider: 'DANIELLE',
            totalGuests: 1,
            balanceDue: 12000,
            paymentStatus: 'NONE',
          },
        ],
      },
    ],
  });

export function viewCalendar(calendar: Calendar): z.output<typeof calendarView> {
  return { ...calendar, entries: [...calendar.entries] };
}
