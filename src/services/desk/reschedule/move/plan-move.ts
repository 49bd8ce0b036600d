import { computeOccupiedTime, priceService } from '../../../../domain/availability/appointment.ts';
import { assertPartyCounted } from '../../../../domain/booking/party-size.ts';
import type { ZoneOffer } from '../../../../domain/availability/appointment.ts';
import type { Address, BookingSnapshot } from '../../../../domain/booking/booking.ts';
import type { PlainDate } from '../../../../domain/time/calendar.ts';
import type { Price, Promo } from '../../../../domain/money/price/price.ts';
import { meetsMinimum } from '../../../../domain/money/price/promo.ts';
import { formatAddressLine } from '../../../../domain/speech/address-line.ts';
import { refuseStay } from '../../../../domain/availability/refuse-stay.ts';
import { assessStay, priceOffer } from '../../../../domain/availability/stay.ts';
import { AppError } from '../../../../errors.ts';
import { chooseProviders } from '../../../stock/time/choose-providers.ts';
import { minutesToArrival, readOffer } from '../../../stock/inventory/read-stay-offer.ts';
import { findRedeemedPromo } from '../../../stock/redemption/find-redeemed-promo.ts';
import type { RedeemedPromo } from '../../../stock/redemption/find-redeemed-promo.ts';
import { readSlots } from '../../../stock/time/read-slots.ts';
import type { FoundService, QueryScope } from '../../../stock/time/read-slots.ts';
import { readStartAt } from '../../../stock/time/read-start.ts';
import { chooseZone } from '../../../../domain/availability/choose-zone.ts';

const MINUTE_MS = 60_000;

/** The new time, provider, party or place of an appointment. An absent member keeps its value. */
export interface AppointmentDestination {
  readonly kind: 'APPOINTMENT';
  readonly startsAt?: string | undefined;
  /** Null: the current provider if free, else any free provider. */
  readonly provider?: string | null | undefined;
  readonly adults?: number | undefined;
  readonly children?: number | undefined;
  /** Decides the zone, unless the request names a zone. */
  readonly address?: Address | undefined;
  readonly zone?: string | undefined;
}

/** Other nights of the booking's room type. */
interface StayDestination {
  readonly kind: 'STAY';
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
}

/** The requested place and time of a booking, by its kind. */
export type Destination = StayDestination | AppointmentDestination;

/** A free time of a provider who does the service. */
export interface Time {
  readonly providerId: string;
  readonly provider: string;
  /** Version of the provider's hours, time off and services by which the time was free. */
  readonly version: number;
  readonly occupiedFrom: Date;
  readonly occupiedUntil: Date;
}

/** The planned move. Availability is decided later, under the locks. */
export interface Move {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly price: Price;
  /** The guest's address changes. */
  readonly isNewAddress: boolean;
  /** The new amount does not meet the minimum of the booking's promo, so the price is without it. */
  readonly isPromoDropped: boolean;
  readonly nights: { readonly checkIn: PlainDate; readonly checkOut: PlainDate } | null;
  /** Times to try in order, for an appointment. Empty: all providers are taken; null: time and provider stay. */
  readonly times: readonly Time[] | null;
  /** The party and the address of an appointment after the move. */
  readonly party: Party | null;
}

/** The guests and the address of an appointment. */
export interface Party {
  readonly adults: number;
  readonly children: number;
  readonly address: Address | null;
  readonly zone: ZoneOffer | null;
}

/**
 * Plans and prices a move at today's rates, with the promo of the original sale where its minimum is still met.
 *
 * Throws: validation_failed for a destination of the other kind; the errors of a new booking at the destination, except
 * sold_out and slot_taken.
 */
export async function planMove(
  reading: QueryScope,
  booking: BookingSnapshot,
  { to, isStaff }: { readonly to: Destination; readonly isStaff: boolean },
): Promise<Move> {
  const promo = await findRedeemedPromo(reading, booking.id);
  const { stay, appointment } = booking;
  if (to.kind === 'STAY' && stay !== null) return planStay(reading, booking, stay, { to, isStaff, promo });
  if (to.kind === 'APPOINTMENT' && appointment !== null) {
    return planAppointment(reading, booking, appointment, { to, isStaff, promo });
  }
  const path = stay === null ? 'startsAt' : 'checkIn';
  throw new AppError('validation_failed', { errors: [{ path, message: `is what a ${booking.kind} is moved to` }] });
}

async function planStay(
  reading: QueryScope,
  booking: BookingSnapshot,
  old: NonNullable<BookingSnapshot['stay']>,
  { to, isStaff, promo }: { to: StayDestination; isStaff: boolean; promo: RedeemedPromo | null },
): Promise<Move> {
  const { adults, children } = old;
  const { checkIn, checkOut } = to;
  const stay = { checkIn, checkOut, adults, children };
  const offer = await readOffer(reading, { slug: booking.property.slug, stay, roomType: old.roomType.code, isStaff });
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('closed', { detail: `${old.roomType.name} is no longer sold.` });
  const { terms, today } = offer;
  const arrival = { today, minutesToArrival: minutesToArrival(offer), isStaff };
  refuseStay(assessStay({ stay, roomType, terms, ...arrival, agreed: old }), { stay, roomType });
  return {
    startsAt: offer.startsAt,
    endsAt: offer.endsAt,
    ...priceWithPromo(promo, (kept) => priceOffer({ stay, roomType, terms, promo: kept })),
    nights: { checkIn, checkOut },
    isNewAddress: false,
    times: null,
    party: null,
  };
}

async function planAppointment(
  reading: QueryScope,
  booking: BookingSnapshot,
  old: NonNullable<BookingSnapshot['appointment']>,
  { to, isStaff, promo }: { to: AppointmentDestination; isStaff: boolean; promo: RedeemedPromo | null },
): Promise<Move> {
  const requestedStart = to.startsAt ?? booking.startsAt;
  const day = requestedStart.slice(0, 'YYYY-MM-DD'.length);
  const { provider = null } = to;
  const offer = await readSlots(reading, {
    slug: booking.property.slug,
    service: old.service.code,
    provider,
    isStaff,
    from: day,
    to: day,
    except: booking.id,
  });
  const { timezone } = offer.property;
  const startsAt = readStartAt(requestedStart, timezone);
  const { service, terms } = offer;
  const party = planParty(offer, old, to);
  // A change of the counts only: bookings made before the rule may name more people than they count.
  if (to.adults !== undefined || to.children !== undefined) assertPartyCounted(booking.party, party);
  const lineOf = (address: Address | null) => address && formatAddressLine(address);
  const isNewAddress = lineOf(party.address) !== lineOf(old.address);
  const priced = priceWithPromo(promo, (kept) =>
    priceService({ service, terms, startsAt, timezone, request: party, zone: party.zone, promo: kept }),
  );
  // Staff may send the current time, even when the provider's hours no longer include that time.
  const isSameTime = to.startsAt === undefined || (isStaff && startsAt.getTime() === Date.parse(booking.startsAt));
  if (isSameTime && (provider ?? old.provider.code) === old.provider.code) {
    return { startsAt, endsAt: new Date(booking.endsAt), ...priced, nights: null, times: null, party, isNewAddress };
  }
  const free = chooseProviders(offer, { startsAt: startsAt.getTime(), isStaff });
  const occupied = computeOccupiedTime(service, startsAt.getTime());
  // The current provider comes first when the request names no provider.
  const inOrder = free.toSorted((a, b) => Number(b.code === old.provider.code) - Number(a.code === old.provider.code));
  return {
    startsAt,
    ...priced,
    nights: null,
    party,
    isNewAddress,
    endsAt: new Date(startsAt.getTime() + service.durationMinutes * MINUTE_MS),
    times: inOrder.map(({ id, code, version }) => ({
      providerId: id,
      provider: code,
      version,
      occupiedFrom: new Date(occupied.from),
      occupiedUntil: new Date(occupied.until),
    })),
  };
}

/** Prices a move with the booking's promo, or without it where the new amount does not meet the promo's minimum. */
function priceWithPromo(
  promo: RedeemedPromo | null,
  priceWith: (promo: Promo | null) => Price,
): Pick<Move, 'price' | 'isPromoDropped'> {
  const price = priceWith(promo);
  if (promo === null || meetsMinimum(promo, price.baseAmount)) return { price, isPromoDropped: false };
  return { price: priceWith(null), isPromoDropped: true };
}

/** Merges the requested party with the current party and chooses the zone. Throws: the errors of `chooseZone`. */
function planParty(
  offer: FoundService,
  old: NonNullable<BookingSnapshot['appointment']>,
  to: AppointmentDestination,
): Party {
  const { adults = old.adults, children = old.children, address = old.address } = to;
  // The zone of the sale applies until a request names another zone or another address.
  const zone = to.zone ?? (to.address === undefined ? (old.zone?.code ?? null) : null);
  return { adults, children, address, zone: chooseZone(offer, { adults, children, address, zone }, true) };
}
