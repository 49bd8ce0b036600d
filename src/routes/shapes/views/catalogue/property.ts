import { z } from 'zod';
import type { Property } from '../../../../db/client.ts';
import type { PublicProperty } from '../../../../services/catalogue/property/get-public-property.ts';
import { toRoomTypeDetails } from '../../../../services/catalogue/room-type/room-type-details.ts';
import type { RoomTypeDetails } from '../../../../services/catalogue/room-type/room-type-details.ts';
import { examplePublicService, publicServiceView, viewPublicService } from './service.ts';
import { cancellationPolicyView as cancellationPolicy } from '../money/cancellation-quote.ts';
import { publicZoneView } from './zone.ts';

const depositPolicy = z.object({ type: z.enum(['NONE', 'PERCENT', 'FIXED']), value: z.int().optional() });
const address = z.object({
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  region: z.string().optional(),
  postalCode: z.string(),
  country: z.string(),
});

export const roomTypeView = z
  .object({
    code: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    maxOccupancy: z.int(),
    baseOccupancy: z.int(),
    basePrice: z.int(),
    discountedPrice: z.int().nullable(),
    extraAdultCharge: z.int(),
    extraChildCharge: z.int(),
    minStay: z.int(),
    isActive: z.boolean(),
    currency: z.string(),
  })
  .meta({
    examples: [
      {
        code: 'SUITE',
        name: 'Suite',
        description: 'Two rooms over the harbour',
        maxOccupancy: 4,
        baseOccupancy: 2,
        basePrice: 28900,
        discountedPrice: null,
        extraAdultCharge: 4000,
        extraChildCharge: 2000,
        minStay: 1,
        isActive: true,
        currency: 'EUR',
      },
    ],
  });

const publicShape = z.object({
  slug: z.string(),
  name: z.string(),
  timezone: z.string(),
  currency: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  address: address.nullable(),
  images: z.array(z.object({ url: z.string(), isPrimary: z.boolean() })),
  policies: z.object({
    checkInTime: z.string(),
    checkOutTime: z.string(),
    holdMinutes: z.int(),
    bookingWindowDays: z.int(),
    paymentPolicy: z.enum(['NONE', 'DEPOSIT', 'FULL']),
    depositPolicy,
    cancellationPolicy,
  }),
});

const examplePolicies = {
  checkInTime: '15:00',
  checkOutTime: '11:00',
  holdMinutes: 10,
  bookingWindowDays: 365,
  paymentPolicy: 'NONE',
  depositPolicy: { type: 'NONE' },
  cancellationPolicy: { tiers: [{ hoursBefore: 48, refundPercent: 100 }] },
};
const exampleProperty = {
  slug: 'harbour-hotel',
  name: 'Harbour Hotel',
  timezone: 'Europe/Dublin',
  currency: 'EUR',
  phone: '+353 1 555 0199',
  email: 'desk@harbour-hotel.example',
  address: null,
  images: [],
  policies: examplePolicies,
};

export const publicPropertyView = publicShape
  .extend({
    roomTypes: z.array(roomTypeView.omit({ isActive: true })),
    services: z.array(publicServiceView),
    zones: z.array(publicZoneView).describe('Travel zones of services at the guest’s place, with their fees.'),
  })
  .meta({ examples: [{ ...exampleProperty, roomTypes: [], services: [examplePublicService], zones: [] }] });

export const settingsView = publicShape
  .omit({ policies: true })
  .extend({
    ...publicShape.shape.policies.shape,
    status: z.enum(['DRAFT', 'PENDING_REVIEW', 'LIVE', 'SUSPENDED']),
    approval: z.enum(['STAFF', 'AUTOMATIC']),
    minNoticeMinutes: z.int(),
    maxOpenHolds: z.int(),
    version: z.int(),
  })
  .meta({
    examples: [
      {
        ...exampleProperty,
        policies: undefined,
        ...examplePolicies,
        status: 'LIVE',
        approval: 'STAFF',
        minNoticeMinutes: 0,
        maxOpenHolds: 3,
        version: 1,
      },
    ],
  });

export function viewPublicProperty(property: PublicProperty): z.output<typeof publicPropertyView> {
  return {
    ...viewIdentity(property),
    policies: viewPolicies(property),
    roomTypes: property.roomTypes.map((roomType) => {
      const { isActive: _, ...sold } = viewRoomType(toRoomTypeDetails(roomType, property.currency));
      return sold;
    }),
    services: property.services.map((service) => viewPublicService(service, property)),
    zones: property.zones.map(({ code, name, fee }) => ({ code, name, fee: Number(fee) })),
  };
}

export function viewSettings(property: Property): z.output<typeof settingsView> {
  const { status, approval, minNoticeMinutes, maxOpenHolds, version } = property;
  const sale = { status, approval, minNoticeMinutes, maxOpenHolds };
  return { ...viewIdentity(property), ...viewPolicies(property), ...sale, version };
}

export function viewRoomType(roomType: RoomTypeDetails): z.output<typeof roomTypeView> {
  return { ...roomType };
}

function viewIdentity(property: Property) {
  const { slug, name, timezone, currency, phone, email } = property;
  return {
    slug,
    name,
    timezone,
    currency,
    phone,
    email,
    address: property.address as z.output<typeof address> | null,
    images: property.images as { url: string; isPrimary: boolean }[],
  };
}

function viewPolicies(property: Property) {
  const { checkInTime, checkOutTime, holdMinutes, bookingWindowDays, paymentPolicy } = property;
  return {
    checkInTime,
    checkOutTime,
    holdMinutes,
    bookingWindowDays,
    paymentPolicy,
    depositPolicy: property.depositPolicy as z.output<typeof depositPolicy>,
    cancellationPolicy: property.cancellationPolicy as z.output<typeof cancellationPolicy>,
  };
}
