import { z } from 'zod';
import { formatAddressLine } from '../../../../domain/speech/address-line.ts';
import type { BookingSnapshot } from '../../../../domain/booking/booking.ts';
import { encodeCalendar } from '../../../../domain/time/icalendar/icalendar.ts';
import { ICALENDAR_STATUS } from '../../../../domain/time/icalendar/icalendar-status.ts';
import type { ProviderFeed } from '../../../../services/desk/calendar/read-provider-feed.ts';

export const ICALENDAR_TYPE = 'text/calendar; charset=utf-8';

export const icalendarView = z
  .string()
  .describe('`text/calendar` (RFC 5545).')
  .meta({ examples: ['BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…\r\nEND:VCALENDAR\r\n'] });

/** Formats a booking as a calendar: all-day for a stay, timed for an appointment. */
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
      : { location: formatAddressLine(appointment.address) }),
    time:
      stay === null
        ? { startsAt: new Date(booking.startsAt), endsAt: new Date(booking.endsAt) }
        : { from: stay.checkIn, to: stay.checkOut },
  };
  return encodeCalendar({ name: property.name, events: [event] });
}

/** Formats a provider's appointments with service, guest initial and code; other guest data needs a login. */
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
  return encodeCalendar({ name: `${provider}, ${property}`, events });
}

function uidOf(code: string, slug: string): string {
  return `${code}@${slug}`;
}
