import { hash } from '@node-rs/argon2';
import type { Context } from '../src/context.ts';
import type { Prisma } from '../src/db/client.ts';
import { transaction } from '../src/db/transaction.ts';
import type { StaffRole } from '../src/domain/permissions.ts';
import { extendRoomType } from '../src/services/inventory/extend-inventory.ts';

const PASSWORD = 'holdfast-demo';

interface DemoRoomType {
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly rooms: readonly string[];
  readonly maxOccupancy: number;
  readonly basePrice: number;
  readonly discountedPrice?: number;
  readonly extraAdultCharge: number;
  readonly extraChildCharge: number;
}

interface DemoProperty {
  readonly property: Omit<
    Prisma.PropertyCreateInput,
    'roomTypes' | 'rooms' | 'taxRules' | 'bookings' | 'customers' | 'memberships'
  >;
  readonly taxes: readonly Omit<Prisma.TaxRuleUncheckedCreateInput, 'propertyId'>[];
  readonly roomTypes: readonly DemoRoomType[];
}

const CANCELLATION = {
  tiers: [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 24, refundPercent: 50 },
  ],
};

/** One property per system it replaces; each is made once and never changed again. */
const PROPERTIES: readonly DemoProperty[] = [
  {
    property: {
      slug: 'harbour-hotel',
      name: 'Harbour Hotel',
      status: 'LIVE',
      timezone: 'Europe/Dublin',
      currency: 'EUR',
      approval: 'STAFF',
      paymentPolicy: 'FULL',
      cancellationPolicy: CANCELLATION,
      phone: '+353 1 555 0199',
      email: 'desk@harbour-hotel.example',
      address: { line1: '1 Harbour Road', city: 'Howth', postalCode: 'D13 X2Y3', country: 'IE' },
    },
    taxes: [{ code: 'VAT', name: 'VAT', isInclusive: true, rateBps: 1350 }],
    roomTypes: [
      {
        code: 'STANDARD',
        name: 'Standard room',
        description: 'A quiet room to the garden',
        rooms: numbers(101, 12),
        maxOccupancy: 3,
        basePrice: 12_900,
        extraAdultCharge: 3_000,
        extraChildCharge: 1_500,
      },
      {
        code: 'DELUXE',
        name: 'Deluxe room',
        description: 'A bay window over the harbour',
        rooms: numbers(201, 6),
        maxOccupancy: 3,
        basePrice: 17_900,
        extraAdultCharge: 3_500,
        extraChildCharge: 1_500,
      },
      {
        code: 'SUITE',
        name: 'Suite',
        description: 'Two rooms and a terrace over the harbour',
        rooms: numbers(301, 2),
        maxOccupancy: 4,
        basePrice: 28_900,
        extraAdultCharge: 4_000,
        extraChildCharge: 2_000,
      },
    ],
  },
  {
    property: {
      slug: 'monsoon-palace',
      name: 'Monsoon Palace',
      status: 'LIVE',
      timezone: 'Asia/Kolkata',
      currency: 'INR',
      approval: 'AUTOMATIC',
      paymentPolicy: 'FULL',
      cancellationPolicy: CANCELLATION,
      phone: '+91 22 5550 0199',
      email: 'desk@monsoon-palace.example',
      address: { line1: '7 Lake Road', city: 'Udaipur', postalCode: '313001', country: 'IN' },
    },
    taxes: [
      {
        code: 'GST',
        name: 'GST',
        isInclusive: false,
        bands: [
          { upTo: 100_000, rateBps: 0 },
          { upTo: 750_000, rateBps: 500 },
          { upTo: null, rateBps: 1800 },
        ],
      },
    ],
    roomTypes: [
      {
        code: 'STANDARD',
        name: 'Standard room',
        description: 'Facing the courtyard',
        rooms: numbers(101, 40),
        maxOccupancy: 3,
        basePrice: 450_000,
        discountedPrice: 399_900,
        extraAdultCharge: 80_000,
        extraChildCharge: 40_000,
      },
      {
        code: 'DELUXE',
        name: 'Deluxe room',
        description: 'Facing the lake',
        rooms: numbers(201, 20),
        maxOccupancy: 3,
        basePrice: 820_000,
        discountedPrice: 749_900,
        extraAdultCharge: 100_000,
        extraChildCharge: 50_000,
      },
      {
        code: 'SUITE',
        name: 'Palace suite',
        description: 'The tower rooms',
        rooms: numbers(401, 4),
        maxOccupancy: 4,
        basePrice: 1_850_000,
        extraAdultCharge: 150_000,
        extraChildCharge: 75_000,
      },
    ],
  },
];

const DESK: readonly { mailbox: string; firstName: string; role: StaffRole }[] = [
  { mailbox: 'owner', firstName: 'Orla', role: 'OWNER' },
  { mailbox: 'manager', firstName: 'Maeve', role: 'MANAGER' },
  { mailbox: 'frontdesk', firstName: 'Finn', role: 'FRONT_DESK' },
  { mailbox: 'housekeeping', firstName: 'Hana', role: 'HOUSEKEEPING' },
  { mailbox: 'viewer', firstName: 'Vera', role: 'VIEWER' },
];

/** Makes the demo properties and logins that are not there yet. What exists is left as people made it. */
export async function seedDemo(ctx: Context): Promise<void> {
  const passwordHash = await hash(PASSWORD);
  for (const demo of PROPERTIES) {
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
}

async function seedProperty(
  tx: Parameters<Parameters<typeof transaction>[1]>[0],
  demo: DemoProperty,
  passwordHash: string,
): Promise<void> {
  const { id: propertyId, slug } = await tx.property.create({ data: demo.property });
  await tx.taxRule.createMany({ data: demo.taxes.map((tax) => ({ ...tax, propertyId })) });
  for (const [position, { rooms, ...roomType }] of demo.roomTypes.entries()) {
    const { id: roomTypeId } = await tx.roomType.create({
      data: { ...roomType, propertyId, position, baseOccupancy: 2 },
    });
    await tx.room.createMany({
      data: rooms.map((number) => ({ propertyId, roomTypeId, number, floor: Math.floor(Number(number) / 100) })),
    });
    await extendRoomType(tx, roomTypeId);
  }
  for (const { mailbox, firstName, role } of DESK) {
    const email = `${mailbox}@${slug}.example`;
    await tx.user.create({
      data: { email, firstName, lastName: 'Demo', passwordHash, memberships: { create: { propertyId, role } } },
    });
  }
}

function numbers(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}
