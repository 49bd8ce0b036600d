import { z } from 'zod';
import { BOOKING_STATUSES } from '../../../../domain/booking-status.ts';
import type { HoursDetails } from '../../../../services/catalogue/provider/schedule/hours-details.ts';
import type { ProviderDetails } from '../../../../services/catalogue/provider/provider-details.ts';

export const strandedAppointments = z
  .array(
    z.object({
      code: z.string(),
      startsAt: z.string(),
      localStart: z.string().describe('Wall time at the property, with offset.'),
      status: z.enum(BOOKING_STATUSES),
    }),
  )
  .describe('Upcoming bookings that stay although the change would not allow them any more; at most 100.');

export const exampleDisplaced = [
  {
    code: 'BK-2027-0042',
    startsAt: '2027-05-14T22:00:00.000Z',
    localStart: '2027-05-14T15:00:00-07:00',
    status: 'CONFIRMED',
  },
];

export const providerView = z.object({
  code: z.string(),
  name: z.string(),
  isActive: z.boolean(),
  services: z.array(z.string()),
});
export const exampleProvider = { code: 'STATION-1', name: 'Station 1', isActive: true, services: ['HIBACHI'] };

const range = { from: z.string(), to: z.string() };
export const hoursView = z.object({
  weekly: z.array(z.object({ weekday: z.int(), ...range })),
  exceptions: z.array(z.object({ date: z.string(), ranges: z.array(z.object(range)) })),
});
export const exampleHours = {
  weekly: [
    { weekday: 5, from: '11:00', to: '22:00' },
    { weekday: 6, from: '11:00', to: '24:00' },
  ],
  exceptions: [
    { date: '2027-12-24', ranges: [{ from: '11:00', to: '15:00' }] },
    { date: '2027-12-25', ranges: [] },
  ],
};

export const timeOffView = z.object({
  id: z.uuid(),
  startsAt: z.string(),
  endsAt: z.string(),
  localStart: z.string(),
  localEnd: z.string(),
  reason: z.string().nullable(),
});
export const exampleTimeOff = {
  id: '01980c4e-7f3a-7000-8000-000000000000',
  startsAt: '2027-05-14T19:00:00.000Z',
  endsAt: '2027-05-14T22:00:00.000Z',
  localStart: '2027-05-14T12:00:00-07:00',
  localEnd: '2027-05-14T15:00:00-07:00',
  reason: 'The grill is serviced',
};

export function viewProvider(provider: ProviderDetails): z.output<typeof providerView> {
  return { ...provider, services: [...provider.services] };
}

export function viewHours({ weekly, exceptions }: HoursDetails): z.output<typeof hoursView> {
  return { weekly: [...weekly], exceptions: exceptions.map(({ date, ranges }) => ({ date, ranges: [...ranges] })) };
}
