import { occupiedBy, priceService } from '../../domain/appointment.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import type { Price, Promo } from '../../domain/price.ts';
import { assessStay, priceOffer, REASON_CODES } from '../../domain/stay.ts';
import { AppError } from '../../errors.ts';
import { choosePlace } from '../slots/choose-place.ts';
import { minutesToArrival, readOffer } from '../availability/read-offer.ts';
import { findKeptPromo } from '../promo-use/find-kept-promo.ts';
import { readSlots } from '../slots/read-slots.ts';
import type { Reading } from '../slots/read-slots.ts';
import { readStartAt } from '../slots/read-start.ts';
import { chooseZone } from '../new-booking/draft-appointment.ts';

const MINUTE_MS = 60_000;

/** Where a booking is to go: other nights of its room type, or another time of its service. */
export type Destination =
  | { readonly startsAt: string; readonly provider: string | null }
  | { readonly checkIn: PlainDate; readonly checkOut: PlainDate };

/** A provider's time that would do. */
export interface Time {
  readonly providerId: string;
  readonly provider: string;
  readonly occupiedFrom: Date;
  readonly occupiedUntil: Date;
}

/** A move as it would be at this moment; what is free is decided under the locks. */
export interface Move {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly price: Price;
  readonly nights: { readonly checkIn: PlainDate; readonly checkOut: PlainDate } | null;
  /** For an appointment: who could do it then, in the order in which they are asked. Empty when all are taken. */
  readonly times: readonly Time[];
}

/**
 * What it takes to move the booking there, at today's rates; the promo it was sold with is kept.
 *
 * Throws: validation_failed for a destination of the other kind; what stands against a new booking there, except being
 * taken.
 */
export async function planMove(
  reading: Reading,
  booking: BookingSnapshot,
  { to, isStaff }: { readonly to: Destination; readonly isStaff: boolean },
): Promise<Move> {
  const promo = await findKeptPromo(reading, booking.id);
  if ('checkIn' in to && booking.stay !== null) return planStay(reading, booking, booking.stay, { to, isStaff, promo });
  if ('startsAt' in to && booking.appointment !== null) {
    return planAppointment(reading, booking, booking.appointment, { to, isStaff, promo });
  }
  const path = booking.stay === null ? 'startsAt' : 'checkIn';
  throw new AppError('validation_failed', { errors: [{ path, message: `is what a ${booking.kind} is moved to` }] });
}

async function planStay(
  reading: Reading,
  booking: BookingSnapshot,
  old: NonNullable<BookingSnapshot['stay']>,
  { to, isStaff, promo }: { to: { checkIn: PlainDate; checkOut: PlainDate }; isStaff: boolean; promo: Promo | null },
): Promise<Move> {
  const { adults, children } = old;
  const stay = { checkIn: to.checkIn, checkOut: to.checkOut, adults, children };
  const offer = await readOffer(reading, { slug: booking.property.slug, stay, roomType: old.roomType.code, isStaff });
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('closed', { detail: `${old.roomType.name} is no longer sold.` });
  const { terms, today } = offer;
  const { reason } = assessStay({ stay, roomType, terms, today, minutesToArrival: minutesToArrival(offer) });
  if (reason !== null && reason !== 'SOLD_OUT') throw new AppError(REASON_CODES[reason], { extra: { reason } });
  const price = priceOffer({ stay, roomType, terms, promo });
  return { startsAt: offer.startsAt, endsAt: offer.endsAt, price, nights: to, times: [] };
}

async function planAppointment(
  reading: Reading,
  booking: BookingSnapshot,
  old: NonNullable<BookingSnapshot['appointment']>,
  { to, isStaff, promo }: { to: { startsAt: string; provider: string | null }; isStaff: boolean; promo: Promo | null },
): Promise<Move> {
  const day = to.startsAt.slice(0, 10);
  const asked = { slug: booking.property.slug, service: old.service.code, provider: to.provider, isStaff };
  const offer = await readSlots(reading, { ...asked, from: day, to: day, except: booking.id });
  const startsAt = readStartAt(to.startsAt, offer.property.timezone);
  const { service, terms } = offer;
  const { adults, children, address } = old;
  const zone = chooseZone(offer, { adults, children, address, zone: old.zone?.code ?? null }, true);
  const free = choosePlace(offer, { startsAt: startsAt.getTime(), isStaff });
  const occupied = occupiedBy(service, startsAt.getTime());
  // Who had it keeps it, where nobody else is asked for.
  const inOrder = free.toSorted((a, b) => Number(b.code === old.provider.code) - Number(a.code === old.provider.code));
  return {
    startsAt,
    endsAt: new Date(startsAt.getTime() + service.durationMinutes * MINUTE_MS),
    price: priceService({ service, terms, request: { adults, children }, zone, promo }),
    nights: null,
    times: inOrder.map(({ id, code }) => ({
      providerId: id,
      provider: code,
      occupiedFrom: new Date(occupied.from),
      occupiedUntil: new Date(occupied.until),
    })),
  };
}
