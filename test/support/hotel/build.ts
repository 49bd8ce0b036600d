import { addDays } from '../../../src/domain/time/calendar.ts';
import type { Context } from '../../../src/context.ts';
import type { Prisma } from '../../../src/db/client.ts';
import { transaction } from '../../../src/db/transaction.ts';
import { extendRoomType } from '../../../src/services/stock/inventory/extend-inventory.ts';

let count = 0;

export interface TestHotel {
  readonly slug: string;
  readonly propertyId: string;
  readonly roomTypeId: string;
  readonly path: string;
}

/** A hotel of its own with one room type ROOM and as many rooms as asked for. Full payment, automatic approval. */
export async function buildHotel(
  ctx: Context,
  options: {
    rooms?: number;
    property?: Partial<Prisma.PropertyUncheckedCreateInput>;
    roomType?: Partial<Prisma.RoomTypeUncheckedCreateInput>;
  } = {},
): Promise<TestHotel> {
  count += 1;
  const slug = `hotel-${String(process.pid)}-${String(count)}`;
  return transaction(ctx, async (tx) => {
    const { id: propertyId } = await tx.property.create({
      data: {
        slug,
        name: 'Test hotel',
        status: 'LIVE',
        timezone: 'Europe/Dublin',
        currency: 'EUR',
        approval: 'AUTOMATIC',
        paymentPolicy: 'FULL',
        // The guests of a test share one address; the limit has its own tests.
        maxOpenHolds: 50,
        ...options.property,
      },
    });
    const { id: roomTypeId } = await tx.roomType.create({
      data: {
        propertyId,
        code: 'ROOM',
        name: 'Room',
        maxOccupancy: 4,
        baseOccupancy: 2,
        basePrice: 10_000,
        ...options.roomType,
      },
    });
    await tx.room.createMany({
      data: Array.from({ length: options.rooms ?? 2 }, (_, index) => ({
        propertyId,
        roomTypeId,
        number: String(101 + index),
      })),
    });
    await extendRoomType(tx, roomTypeId);
    return { slug, propertyId, roomTypeId, path: `/v1/public/properties/${slug}` };
  });
}

/** A date so many days from today (UTC, which is near enough for dates well ahead). */
export function daysAhead(days: number): string {
  return addDays(new Date().toISOString().slice(0, 10), days);
}

export const guest = { firstName: 'Aoife', lastName: 'Byrne', email: 'aoife@example.com', phone: '+35315550100' };

/** The body of a booking: one night a month from now, unless said otherwise. */
export function stayBody(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { roomType: 'ROOM', checkIn: daysAhead(30), checkOut: daysAhead(31), guest, ...overrides };
}

/** Somebody new each time: one person holds at most fifty unpaid bookings. */
export function newGuest(): { firstName: string; lastName: string; email: string } {
  return { firstName: guest.firstName, lastName: guest.lastName, email: `${crypto.randomUUID()}@example.com` };
}
