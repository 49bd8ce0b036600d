import { countDays } from '../../domain/time/calendar.ts';
import { balanceOf, holdDeadline, secondsLeft } from '../../domain/booking.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { spellLocal } from '../../domain/time/wall-time.ts';

/** A booking as an agent may know it: nothing of the guest, who is on the line and knows. */
export function viewAgentBooking(booking: BookingSnapshot): Readonly<Record<string, unknown>> {
  const { code, kind, status, price, startsAt, endsAt, property } = booking;
  const { currency, totalPayable, depositDue } = price;
  return {
    ...{ code, kind, status },
    ...viewPlace(booking),
    ...{ startsAt, endsAt, timezone: property.timezone },
    localStart: spellLocal(new Date(startsAt), property.timezone),
    price: { currency, totalPayable, depositDue, balanceDue: balanceOf(booking) },
    expiresAt: holdDeadline(booking),
    reservationSecondsLeft: secondsLeft(booking),
  };
}

function viewPlace({ appointment, stay }: BookingSnapshot): object {
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
