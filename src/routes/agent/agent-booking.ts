import { countDays } from '../../domain/time/calendar.ts';
import { balanceOf, findHoldDeadline, countSecondsLeft } from '../../domain/booking/booking.ts';
import type { BookingSnapshot } from '../../domain/booking/booking.ts';
import { formatLocal } from '../../domain/time/wall-time.ts';

/** Formats a booking for agents, without guest data. */
export function viewAgentBooking(booking: BookingSnapshot): Readonly<Record<string, unknown>> {
  const { code, kind, status, price, startsAt, endsAt, property } = booking;
  const { currency, totalPayable, depositDue } = price;
  return {
    code,
    kind,
    status,
    ...viewBookedItem(booking),
    startsAt,
    endsAt,
    timezone: property.timezone,
    localStart: formatLocal(new Date(startsAt), property.timezone),
    price: { currency, totalPayable, depositDue, balanceDue: balanceOf(booking) },
    expiresAt: findHoldDeadline(booking),
    reservationSecondsLeft: countSecondsLeft(booking),
  };
}

function viewBookedItem({ appointment, stay }: BookingSnapshot): object {
  if (appointment !== null) {
    const { service, provider, adults, children } = appointment;
    const names = { serviceName: service.name, providerName: provider.name };
    return { service: service.code, provider: provider.code, ...names, adults, children };
  }
  if (stay === null) return {};
  const { roomType, checkIn, checkOut, adults, children } = stay;
  const nights = countDays(checkIn, checkOut);
  return { roomType: roomType.code, roomTypeName: roomType.name, checkIn, checkOut, nights, adults, children };
}
