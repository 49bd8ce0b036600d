import type { Prisma, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';

/** Columns of a held move that say what the booking falls back to. */
export type PlaceBefore = Omit<
  Prisma.HeldMoveUncheckedCreateInput,
  'bookingId' | 'expiresAt' | 'balance' | 'dropsPromo' | 'keptNights'
>;

/** Reads the place, party and price of a booking before a move. Locks: expects the booking locked. */
export async function readPlace(tx: Tx, booking: LockedBooking): Promise<PlaceBefore> {
  const row = await tx.booking.findUniqueOrThrow({
    where: { id: booking.id },
    select: { price: true, startsAt: true, endsAt: true, stay: true, appointment: true },
  });
  const { startsAt, endsAt, stay, appointment } = row;
  const { adults, children } = stay ?? appointment ?? { adults: 1, children: 0 };
  const price = row.price as Prisma.InputJsonValue;
  return {
    startsAt,
    endsAt,
    price,
    adults,
    children,
    checkInOn: stay?.checkInOn ?? null,
    checkOutOn: stay?.checkOutOn ?? null,
    providerId: appointment?.providerId ?? null,
    occupiedFrom: appointment?.occupiedFrom ?? null,
    occupiedUntil: appointment?.occupiedUntil ?? null,
    zoneId: appointment?.zoneId ?? null,
  };
}
