import { z } from 'zod';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import { joinNames } from '../../../domain/person/name.ts';
import { formatTwelveHours } from '../../../domain/time/clock-time.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import type { OpenSlots } from '../../../services/stock/time/list-open-slots.ts';

const booking = z.object({
  id: z.string().describe('The code.'),
  status: z.enum(BOOKING_STATUSES),
  service: z.string(),
  serviceName: z.string(),
  provider: z.string(),
  providerName: z.string(),
  date: z.string(),
  time: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  localStart: z.string(),
  timezone: z.string(),
  name: z.string().describe('Empty for agents; other guest data is null for agents.'),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  notes: z.string().nullable(),
  totalPayable: z.int().describe('In minor units.'),
  currency: z.string(),
});

const exampleBooking = {
  id: 'BK-2027-0042',
  status: 'CONFIRMED',
  service: 'FACIAL',
  serviceName: 'Facial',
  provider: 'DANIELLE',
  providerName: 'Danielle',
  date: '2027-05-18',
  time: '10:00 AM',
  startsAt: '2027-05-18T15:00:00.000Z',
  endsAt: '2027-05-18T16:00:00.000Z',
  localStart: '2027-05-18T10:00:00-05:00',
  timezone: 'America/Chicago',
  name: 'Dana Ortiz',
  email: 'dana@example.com',
  phone: '+1 630 555 0100',
  notes: null,
  totalPayable: 12000,
  currency: 'USD',
};
const token = 'wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT';

/** A booking in the format of Hello Gorgeous. */
export const helloGorgeousView = z
  .object({ success: z.literal(true), booking })
  .meta({ examples: [{ success: true, booking: exampleBooking }] });

export const helloGorgeousCreatedView = helloGorgeousView
  .extend({
    guest_token: z.string().nullable().describe('Token of the guest for this booking, shown once. Null in a dry run.'),
    manage_url: z.string().nullable(),
  })
  .meta({
    examples: [
      {
        success: true,
        booking: exampleBooking,
        guest_token: token,
        manage_url: `https://book.example/manage#${token}`,
      },
    ],
  });

export function viewHelloGorgeous(snapshot: BookingSnapshot): z.output<typeof helloGorgeousView> {
  const { code, status, appointment, party, price, startsAt, endsAt } = snapshot;
  if (appointment === null) throw new AppError('not_found', { detail: `Booking ${code} is no appointment.` });
  const { service, provider } = appointment;
  const { timezone } = snapshot.property;
  const primary = party.find((member) => member.role === 'PRIMARY');
  return {
    success: true,
    booking: {
      id: code,
      status,
      service: service.code,
      serviceName: service.name,
      provider: provider.code,
      providerName: provider.name,
      ...viewStart(startsAt, timezone),
      startsAt,
      endsAt,
      timezone,
      name: primary === undefined ? '' : joinNames(primary),
      email: primary?.email ?? null,
      phone: primary?.phone ?? null,
      notes: snapshot.specialRequests,
      totalPayable: price.totalPayable,
      currency: price.currency,
    },
  };
}

/** Formats a booking for agents, without guest data. */
export function viewHelloGorgeousForAgent(snapshot: BookingSnapshot): z.output<typeof helloGorgeousView> {
  const { success, booking: whole } = viewHelloGorgeous(snapshot);
  return { success, booking: { ...whole, name: '', email: null, phone: null, notes: null } };
}

/** The bookable starts of one day. */
export const helloGorgeousSlotsView = z.object({
  date: z.string(),
  timezone: z.string(),
  service: z.string(),
  slots: z.array(
    z.object({
      time: z.string(),
      startsAt: z.string(),
      localStart: z.string(),
      providers: z.array(z.string()).describe('Free providers.'),
    }),
  ),
  phone: z.string().nullable().describe('The property’s telephone number.'),
});

export const exampleHelloGorgeousSlots = {
  date: '2027-05-18',
  timezone: 'America/Chicago',
  service: 'FACIAL',
  slots: [
    {
      time: '10:00 AM',
      startsAt: '2027-05-18T15:00:00.000Z',
      localStart: '2027-05-18T10:00:00-05:00',
      providers: ['DANIELLE'],
    },
  ],
  phone: '+1 630 555 0199',
};

export function viewHelloGorgeousSlots(
  { date, service }: { date: string; service: string },
  { timezone, slots, phone }: OpenSlots,
): z.output<typeof helloGorgeousSlotsView> {
  const views = slots.map(({ startsAt, providers }) => {
    const start = new Date(startsAt).toISOString();
    const { time, localStart } = viewStart(start, timezone);
    return { time, startsAt: start, localStart, providers: [...providers] };
  });
  return { date, timezone, service, slots: views, phone };
}

function viewStart(startsAt: string, timezone: string) {
  const localStart = formatLocal(new Date(startsAt), timezone);
  return { date: localStart.slice(0, 10), time: formatTwelveHours(localStart.slice(11, 16)), localStart };
}
