import type { Prisma } from '../src/db/client.ts';

export interface DemoRoomType {
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

export type DemoService = Omit<Prisma.ServiceUncheckedCreateInput, 'propertyId' | 'providers' | 'appointments'>;
export type DemoZone = Omit<Prisma.ZoneUncheckedCreateInput, 'propertyId' | 'appointments'>;

export type DemoPromo = Omit<Prisma.PromoUncheckedCreateInput, 'propertyId' | 'taken'>;

export interface DemoProvider {
  readonly code: string;
  readonly name: string;
  readonly services: readonly string[];
  /** Opening hours by weekday (1 is Monday): from and to, in hours since midnight. */
  readonly hours: Readonly<Record<number, readonly [from: number, to: number]>>;
}

export interface DemoProperty {
  readonly property: Omit<
    Prisma.PropertyCreateInput,
    | 'roomTypes'
    | 'rooms'
    | 'taxRules'
    | 'bookings'
    | 'customers'
    | 'memberships'
    | 'services'
    | 'providers'
    | 'zones'
    | 'promos'
  >;
  readonly taxes: readonly Omit<Prisma.TaxRuleUncheckedCreateInput, 'propertyId'>[];
  readonly roomTypes?: readonly DemoRoomType[];
  readonly services?: readonly DemoService[];
  readonly providers?: readonly DemoProvider[];
  readonly zones?: readonly DemoZone[];
  readonly promos?: readonly DemoPromo[];
}

const CANCELLATION = {
  tiers: [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 24, refundPercent: 50 },
  ],
};

/** The demo properties, a property per replaced system. The seed creates each once and never changes any. */
export const DEMO_PROPERTIES: readonly DemoProperty[] = [
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
    promos: [
      { code: 'WELCOME10', name: 'Ten per cent off', type: 'PERCENT', value: 1_000 },
      { code: 'ONCE500', name: '500 rupees off, once', type: 'FIXED', value: 50_000, maxUses: 1 },
    ],
  },
  {
    property: {
      slug: 'ember-hibachi',
      name: 'Ember Hibachi',
      status: 'LIVE',
      timezone: 'America/Los_Angeles',
      currency: 'USD',
      approval: 'AUTOMATIC',
      paymentPolicy: 'DEPOSIT',
      depositPolicy: { type: 'FIXED', value: 10_000 },
      cancellationPolicy: CANCELLATION,
      bookingWindowDays: 540,
      minNoticeMinutes: 1_440,
      phone: '+1 916 555 0199',
      email: 'events@ember-hibachi.example',
      address: { line1: '12 Grill Street', city: 'Sacramento', region: 'CA', postalCode: '95814', country: 'US' },
    },
    taxes: [{ code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 725 }],
    services: [
      {
        code: 'HIBACHI',
        name: 'Hibachi at your table',
        description: 'A chef, a grill and dinner at your address',
        durationMinutes: 120,
        bufferBeforeMinutes: 30,
        bufferAfterMinutes: 30,
        pricing: 'PER_PERSON',
        adultPrice: 5_500,
        childPrice: 3_000,
        minimumTotal: 55_000,
        maxAdults: 40,
        maxChildren: 40,
        isAtGuests: true,
      },
    ],
    providers: [1, 2, 3].map((number) => ({
      code: `STATION-${String(number)}`,
      name: `Station ${String(number)}`,
      services: ['HIBACHI'],
      hours: everyDay(11, 22),
    })),
    zones: [
      { code: 'A', name: 'Sacramento', postalCodes: ['942', '956', '957', '958'], fee: 0 },
      { code: 'B', name: 'Central Valley and foothills', postalCodes: ['952', '953', '959'], fee: 3_500 },
      {
        code: 'C',
        name: 'Bay Area',
        postalCodes: ['940', '941', '943', '944', '945', '946', '947', '948', '949', '950', '951', '954'],
        fee: 7_500,
      },
    ],
  },
  {
    property: {
      slug: 'glow-medspa',
      name: 'Glow Med Spa',
      status: 'LIVE',
      timezone: 'America/Chicago',
      currency: 'USD',
      approval: 'AUTOMATIC',
      paymentPolicy: 'NONE',
      cancellationPolicy: CANCELLATION,
      bookingWindowDays: 540,
      minNoticeMinutes: 30,
      phone: '+1 630 555 0199',
      email: 'hello@glow-medspa.example',
      address: { line1: '74 Main Street', city: 'Oswego', region: 'IL', postalCode: '60543', country: 'US' },
    },
    taxes: [],
    services: [
      { code: 'FACIAL', name: 'Facial', durationMinutes: 60, bufferAfterMinutes: 15, price: 12_000 },
      { code: 'BOTOX', name: 'Botox', durationMinutes: 30, bufferAfterMinutes: 10, price: 20_000 },
      { code: 'LASER', name: 'Laser hair removal', durationMinutes: 45, bufferAfterMinutes: 15, price: 18_000 },
    ],
    providers: [
      {
        code: 'DANIELLE',
        name: 'Danielle',
        services: ['FACIAL', 'BOTOX', 'LASER'],
        hours: { ...everyDay(9, 18), 7: [10, 16] },
      },
      { code: 'RYAN', name: 'Ryan', services: ['FACIAL', 'LASER'], hours: { ...everyDay(9, 18), 7: [10, 16] } },
    ],
  },
];

function numbers(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

function everyDay(from: number, to: number): DemoProvider['hours'] {
  return Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((weekday) => [weekday, [from, to]]));
}
