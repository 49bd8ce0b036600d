import { z } from 'zod';
import { spellAddressLine } from '../../../domain/speech/address-line.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { spellCalendar } from '../../../domain/time/icalendar/icalendar.ts';
import { ICALENDAR_STATUS } from '../../../domain/time/icalendar/icalendar-status.ts';
import type { ProviderFeed } from '../../../services/calendar/read-provider-feed.ts';

export const ICALENDAR_TYPE = 'text/calendar; charset=utf-8';

export const icalendarView = z
  .string()
  .describe('`text/calendar` (RFC 5545).')
  .meta({ examples: ['BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…\r\nEND:VCALENDAR\r\n'] });

/** A booking as a guest keeps it: a stay by its dates, an appointment by its instants. */
export function viewBookingCalendar(booking: BookingSnapshot): string {
  const { code, status, version, property, stay, appointment } = booking;
  const event = {
    uid: uidOf(code, property.slug),
    sequence: version,
    changedAt: new Date(booking.updatedAt),
    status: ICALENDAR_STATUS[status],
    summary: `${stay?.roomType.name ?? appointment?.service.name ?? code}, ${property.name}`,
    description: [`Booking ${code}`, property.phone].filter((line) => line !== null).join('\n'),
    ...(appointment?.address === null || appointment === null
      ? { location: property.name }
      : { location: spellAddressLine(appointment.address) }),
    time:
      stay === null
        ? { startsAt: new Date(booking.startsAt), endsAt: new Date(booking.endsAt) }
        : { from: stay.checkIn, to: stay.checkOut },
  };
  return spellCalendar({ name: property.name, events: [event] });
}

/** A provider's appointments: the service, an initial and the code, by which whoever may can look up the rest. */
export function viewProviderCalendar({ slug, property, provider, appointments }: ProviderFeed): string {
  const events = appointments.map(({ code, status, version, updatedAt, startsAt, endsAt, service, guestInitial }) => ({
    uid: uidOf(code, slug),
    sequence: version,
    changedAt: updatedAt,
    status: ICALENDAR_STATUS[status],
    summary: guestInitial === null ? service : `${service}, ${guestInitial}.`,
    description: `Booking ${code}`,
    time: { startsAt, endsAt },
  }));
  return spellCalendar({ name: `${provider}, ${property}`, events });
}

function uidOf(code: string, slug: string): string {
  return `${code}@${slug}`;
}
