import { occupiedBy, priceService } from '../../../domain/availability/appointment.ts';
import type { ZoneOffer } from '../../../domain/availability/appointment.ts';
import type { Address, BookingSnapshot } from '../../../domain/booking.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import type { Price, Promo } from '../../../domain/money/price/price.ts';
import { assessStay, priceOffer, REASON_CODES } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import { choosePlace } from '../../slots/choose-place.ts';
import { minutesToArrival, readOffer } from '../../availability/read-offer.ts';
import { findKeptPromo } from '../../promo-use/find-kept-promo.ts';
import { readSlots } from '../../slots/read-slots.ts';
import type { FoundService, Reading } from '../../slots/read-slots.ts';
import { readStartAt } from '../../slots/read-start.ts';
import { chooseZone } from '../../new-booking/draft-appointment.ts';

const MINUTE_MS = 60_000;

/** What an appointment is to be: another time of its service, another party, another place. What is absent stays. */
export interface AppointmentChange {
  readonly startsAt?: string | undefined;
  /** Null: the same as before if free, else whoever is. */
  readonly provider?: string | null | undefined;
  readonly adults?: number | undefined;
  readonly children?: number | undefined;
  /** Decides the zone, unless one is named beside it. */
  readonly address?: Address | undefined;
  readonly zone?: string | undefined;
}

/** Where a booking is to go: other nights of its room type, or what an appointment is to be. */
export type Destination = AppointmentChange | { readonly checkIn: PlainDate; readonly checkOut: PlainDate };

/** A provider's time that would do. */
export interface Time {
  readonly providerId: string;
  readonly provider: string;
  /** Of the provider's hours, time off and services, by which it would do. */
  readonly version: number;
  readonly occupiedFrom: Date;
  readonly occupiedUntil: Date;
}

/** A move as it would be at this moment; what is free is decided under the locks. */
export interface Move {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly price: Price;
  readonly nights: { readonly checkIn: PlainDate; readonly checkOut: PlainDate } | null;
  /**
   * For an appointment: who could do it then, in the order in which they are asked. Empty when all are taken; null when it
   * stays where it is.
   */
  readonly times: readonly Time[] | null;
  /** For whom and where an appointment then is. */
  readonly party: Party | null;
}

/** For whom an appointment is, and where. */
export interface Party {
  readonly adults: number;
  readonly children: number;
  readonly address: Address | null;
  readonly zone: ZoneOffer | null;
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
  if (!('checkIn' in to) && booking.appointment !== null) {
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
  const { reason } = assessStay({ stay, roomType, terms, today, minutesToArrival: minutesToArrival(offer), isStaff });
  if (reason !== null && reason !== 'SOLD_OUT') throw new AppError(REASON_CODES[reason], { extra: { reason } });
  const price = priceOffer({ stay, roomType, terms, promo });
  return { startsAt: offer.startsAt, endsAt: offer.endsAt, price, nights: to, times: null, party: null };
}

async function planAppointment(
  reading: Reading,
  booking: BookingSnapshot,
  old: NonNullable<BookingSnapshot['appointment']>,
  { to, isStaff, promo }: { to: AppointmentChange; isStaff: boolean; promo: Promo | null },
): Promise<Move> {
  const wished = to.startsAt ?? booking.startsAt;
  const day = wished.slice(0, 10);
  const { provider = null } = to;
  const asked = { slug: booking.property.slug, service: old.service.code, provider, isStaff };
  const offer = await readSlots(reading, { ...asked, from: day, to: day, except: booking.id });
  const startsAt = readStartAt(wished, offer.property.timezone);
  const { service, terms } = offer;
  const party = planParty(offer, old, to);
  const price = priceService({ service, terms, request: party, zone: party.zone, promo });
  // Staff may name the time it has, whatever the hours are by now.
  const isSameTime = to.startsAt === undefined || (isStaff && startsAt.getTime() === Date.parse(booking.startsAt));
  if (isSameTime && (provider ?? old.provider.code) === old.provider.code) {
    return { startsAt, endsAt: new Date(booking.endsAt), price, nights: null, times: null, party };
  }
  const free = choosePlace(offer, { startsAt: startsAt.getTime(), isStaff });
  const occupied = occupiedBy(service, startsAt.getTime());
  // Who had it keeps it, where nobody else is asked for.
  const inOrder = free.toSorted((a, b) => Number(b.code === old.provider.code) - Number(a.code === old.provider.code));
  return {
    ...{ startsAt, price, nights: null, party },
    endsAt: new Date(startsAt.getTime() + service.durationMinutes * MINUTE_MS),
    times: inOrder.map(({ id, code, version }) => ({
      ...{ providerId: id, provider: code, version },
      occupiedFrom: new Date(occupied.from),
      occupiedUntil: new Date(occupied.until),
    })),
  };
}

/** Throws: those of `chooseZone`. */
function planParty(
  offer: FoundService,
  old: NonNullable<BookingSnapshot['appointment']>,
  to: AppointmentChange,
): Party {
  const { adults = old.adults, children = old.children, address = old.address } = to;
  // It is brought to the zone it was sold for, until somebody names another or another address.
  const zone = to.zone ?? (to.address === undefined ? (old.zone?.code ?? null) : null);
  const who = { adults, children, address };
  return { ...who, zone: chooseZone(offer, { ...who, zone }, true) };
}
