import { hash } from '@node-rs/argon2';
import type { Context } from '../src/context.ts';
import type { Tx } from '../src/db/client.ts';
import { transaction } from '../src/db/transaction.ts';
import type { StaffRole } from '../src/domain/access/permissions.ts';
import { extendRoomType } from '../src/services/stock/inventory/extend-inventory.ts';
import { hashToken } from '../src/services/core/secrets/token.ts';
import { DEMO_PROPERTIES } from './demo-properties.ts';
import type { DemoProperty } from './demo-properties.ts';

const PASSWORD = 'holdfast-demo';

const DEMO_STAFF: readonly { mailbox: string; firstName: string; role: StaffRole }[] = [
  { mailbox: 'owner', firstName: 'Orla', role: 'OWNER' },
  { mailbox: 'manager', firstName: 'Maeve', role: 'MANAGER' },
  { mailbox: 'frontdesk', firstName: 'Finn', role: 'FRONT_DESK' },
  { mailbox: 'housekeeping', firstName: 'Hana', role: 'HOUSEKEEPING' },
  { mailbox: 'viewer', firstName: 'Vera', role: 'VIEWER' },
];

/** Adds the missing demo properties and logins; existing rows stay unchanged. */
export async function seedDemo(ctx: Context): Promise<void> {
  const passwordHash = await hash(PASSWORD);
  for (const demo of DEMO_PROPERTIES) {
    const exists = await ctx.db.property.findUnique({ where: { slug: demo.property.slug }, select: { id: true } });
    if (exists === null) await transaction(ctx, (tx) => seedProperty(tx, demo, passwordHash));
  }
  const admin = {
    email: 'admin@holdfast.example',
    firstName: 'Ada',
    lastName: 'Min',
    passwordHash,
    isPlatformAdmin: true,
  };
  await ctx.db.user.upsert({ where: { email: admin.email }, create: admin, update: {} });
  await seedAgentKeys(ctx);
  await seedPromos(ctx);
}

/** Adds a public API key for agents to each demo property; a revoked key stays revoked. */
async function seedAgentKeys(ctx: Context): Promise<void> {
  const slugs = DEMO_PROPERTIES.map(({ property }) => property.slug);
  const properties = await ctx.db.property.findMany({
    where: { slug: { in: slugs } },
    select: { id: true, slug: true },
  });
  const keys = properties.map(({ id: propertyId, slug }) => ({ propertyId, key: `hf_demo_agent_${slug}` }));
  await ctx.db.apiKey.createMany({
    data: keys.map(({ propertyId, key }) => ({
      propertyId,
      name: 'Demo receptionist',
      keyHash: hashToken(key),
      lastFour: key.slice(-4),
      scopes: ['agent'],
    })),
    skipDuplicates: true,
  });
}

/** Adds the promo codes of the demo properties, also to properties from an older seed without promos. */
async function seedPromos(ctx: Context): Promise<void> {
  for (const { property, promos = [] } of DEMO_PROPERTIES) {
    if (promos.length === 0) continue;
    const { id: propertyId } = await ctx.db.property.findUniqueOrThrow({
      where: { slug: property.slug },
      select: { id: true },
    });
    await ctx.db.promo.createMany({ data: promos.map((promo) => ({ ...promo, propertyId })), skipDuplicates: true });
  }
}

async function seedProperty(tx: Tx, demo: DemoProperty, passwordHash: string): Promise<void> {
  const { id: propertyId, slug } = await tx.property.create({ data: demo.property });
  await tx.taxRule.createMany({ data: demo.taxes.map((tax) => ({ ...tax, propertyId })) });
  await seedRooms(tx, demo, propertyId);
  await seedServices(tx, demo, propertyId);
  for (const { mailbox, firstName, role } of DEMO_STAFF) {
    const email = `${mailbox}@${slug}.example`;
    await tx.user.create({
      data: { email, firstName, lastName: 'Demo', passwordHash, memberships: { create: { propertyId, role } } },
    });
  }
}

async function seedRooms(tx: Tx, { roomTypes = [] }: DemoProperty, propertyId: string): Promise<void> {
  for (const [position, { rooms, ...roomType }] of roomTypes.entries()) {
    const { id: roomTypeId } = await tx.roomType.create({
      data: { ...roomType, propertyId, position, baseOccupancy: 2 },
    });
    await tx.room.createMany({
      data: rooms.map((number) => ({ propertyId, roomTypeId, number, floor: Math.floor(Number(number) / 100) })),
    });
    await extendRoomType(tx, roomTypeId);
  }
}

async function seedServices(tx: Tx, demo: DemoProperty, propertyId: string): Promise<void> {
  const { services = [], providers = [], zones = [] } = demo;
  await tx.zone.createMany({ data: zones.map((zone, position) => ({ ...zone, propertyId, position })) });
  await tx.service.createMany({ data: services.map((service, position) => ({ ...service, propertyId, position })) });
  for (const [position, { code, name, services: codes, hours }] of providers.entries()) {
    const offered = await tx.service.findMany({
      where: { propertyId, code: { in: [...codes] } },
      select: { id: true },
    });
    const week = Object.entries(hours).map(([weekday, [from, to]]) => ({
      weekday: Number(weekday),
      fromMinute: from * 60,
      toMinute: to * 60,
    }));
    await tx.provider.create({
      data: {
        propertyId,
        code,
        name,
        position,
        services: { createMany: { data: offered.map(({ id: serviceId }) => ({ serviceId })) } },
        hours: { createMany: { data: week } },
      },
    });
  }
}
