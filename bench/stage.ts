import { randomUUIDv7 } from 'node:crypto';
import { pino } from 'pino';
import { readConfig } from '../src/config.ts';
import type { Context } from '../src/context.ts';
import { connectDatabase } from '../src/db/connection/connect-database.ts';
import type { Tx } from '../src/db/client.ts';
import { transaction } from '../src/db/transaction.ts';
import { makeQuietContext } from '../src/commands/context/quiet-context.ts';
import { extendRoomType } from '../src/services/stock/inventory/extend-inventory.ts';

export const BENCH_SLUG = 'bench-hotel';
export const BENCH_WEBHOOK_SECRET = 'whsec_bench';
const ROOM_TYPES = 10;
const PROVIDERS = 100;

/** Creates a hotel whose ten room types never sell out, with a hundred providers who work around the clock. */
export async function buildStage(databaseUrl: string): Promise<void> {
  const ctx = openContext(databaseUrl);
  await transaction(ctx, async (tx) => {
    const { id: propertyId } = await tx.property.create({
      data: {
        slug: BENCH_SLUG,
        name: 'Bench',
        status: 'LIVE',
        timezone: 'Europe/Dublin',
        currency: 'EUR',
        approval: 'AUTOMATIC',
        paymentPolicy: 'FULL',
      },
    });
    await tx.taxRule.create({ data: { propertyId, code: 'VAT', name: 'VAT', isInclusive: true, rateBps: 1350 } });
    for (let index = 0; index < ROOM_TYPES; index += 1) {
      const roomType = await tx.roomType.create({
        data: {
          propertyId,
          code: `TYPE-${String(index)}`,
          name: `Type ${String(index)}`,
          maxOccupancy: 3,
          baseOccupancy: 2,
          basePrice: 10_000 + index,
        },
      });
      await extendRoomType(tx, roomType.id);
    }
    await addProviders(tx, propertyId);
  });
  await ctx.db.inventoryNight.updateMany({ data: { total: 1_000_000 } });
  await ctx.db.$executeRaw`VACUUM ANALYZE`;
  await ctx.db.$disconnect();
}

async function addProviders(tx: Tx, propertyId: string): Promise<void> {
  const service = { code: 'TREATMENT', name: 'Treatment', durationMinutes: 30, slotStepMinutes: 30, price: 9_000 };
  const { id: serviceId } = await tx.service.create({ data: { ...service, propertyId } });
  const providers = Array.from({ length: PROVIDERS }, (_, index) => ({
    id: randomUUIDv7(),
    code: `P-${String(index)}`,
    name: `Provider ${String(index)}`,
    propertyId,
  }));
  const weekdays = [1, 2, 3, 4, 5, 6, 7];
  // createMany: single inserts exceeded the transaction timeout on a busy machine.
  await tx.provider.createMany({ data: providers });
  await tx.providerService.createMany({ data: providers.map(({ id }) => ({ providerId: id, serviceId })) });
  await tx.providerHours.createMany({
    data: providers.flatMap(({ id }) =>
      weekdays.map((weekday) => ({ providerId: id, weekday, fromMinute: 0, toMinute: 1_440 })),
    ),
  });
}

/** Opens a context without logs for the benchmark database. */
export function openContext(databaseUrl: string): Context {
  const config = readConfig({ DATABASE_URL: databaseUrl });
  const db = connectDatabase({ url: databaseUrl, poolSize: 4, onPoolError: () => undefined });
  return makeQuietContext({ config, db, log: pino({ level: 'silent' }) });
}

/** Makes a random stay: one to five nights within the next ten months, any room type. */
export function randomStay(nights = 1 + Math.floor(Math.random() * 5)) {
  const arrival = Date.now() + Math.floor(3 + Math.random() * 300) * 86_400_000;
  const toDate = (time: number) => new Date(time).toISOString().slice(0, 10);
  return {
    roomType: `TYPE-${String(Math.floor(Math.random() * ROOM_TYPES))}`,
    stay: { checkIn: toDate(arrival), checkOut: toDate(arrival + nights * 86_400_000), adults: 2, children: 0 },
  };
}

/** Makes a random appointment: half an hour with any provider within the next ten months. Collisions are rare. */
export function randomAppointment(providers = PROVIDERS, days = 300) {
  const halfHours = Math.floor(3 * 48 + Math.random() * days * 48);
  const startsAt = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 + halfHours * 1_800_000);
  return {
    service: 'TREATMENT',
    provider: `P-${String(Math.floor(Math.random() * providers))}`,
    startsAt: startsAt.toISOString(),
  };
}

/** Makes a random telephone number, because the unpaid holds of one number are limited. */
export function makePhone(): string {
  return `+353 1 ${String(1e8 + Math.floor(Math.random() * 9e8))}`;
}

/** Makes a random Stripe event about an unrelated payment. */
export function randomEvent() {
  const object = { id: `pi_${randomUUIDv7()}`, object: 'payment_intent' };
  const created = Math.floor(Date.now() / 1_000);
  return { id: `evt_${randomUUIDv7()}`, object: 'event', type: 'payment_intent.created', created, data: { object } };
}
