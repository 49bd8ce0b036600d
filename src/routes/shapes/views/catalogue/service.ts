import { z } from 'zod';
import type { PublicProperty } from '../../../../services/catalogue/property/get-public-property.ts';
import type { ServiceDetails } from '../../../../services/catalogue/service/service-details.ts';

export const SERVICE_PRICINGS = ['PER_BOOKING', 'PER_PERSON'] as const;
export const PAYMENT_POLICIES = ['NONE', 'DEPOSIT', 'FULL'] as const;

const serviceShape = z.object({
  code: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  durationMinutes: z.int(),
  bufferBeforeMinutes: z.int(),
  bufferAfterMinutes: z.int(),
  slotStepMinutes: z.int(),
  pricing: z.enum(SERVICE_PRICINGS),
  price: z.int(),
  adultPrice: z.int(),
  childPrice: z.int(),
  minimumTotal: z.int(),
  paymentPolicy: z.enum(PAYMENT_POLICIES).nullable(),
  minNoticeMinutes: z.int().nullable(),
  bookingWindowDays: z.int().nullable(),
  maxAdults: z.int(),
  maxChildren: z.int(),
  isAtGuests: z.boolean(),
  isActive: z.boolean(),
  currency: z.string(),
  providers: z.array(z.string()),
});

const publicExample = {
  code: 'HIBACHI',
  name: 'Hibachi at your table',
  description: 'A chef, a grill and dinner at your home',
  durationMinutes: 120,
  slotStepMinutes: 30,
  pricing: 'PER_PERSON',
  price: 0,
  adultPrice: 5500,
  childPrice: 3000,
  minimumTotal: 55000,
  maxAdults: 40,
  maxChildren: 40,
  isAtGuests: true,
  currency: 'USD',
};
export const exampleService = {
  ...publicExample,
  bufferBeforeMinutes: 30,
  bufferAfterMinutes: 30,
  isActive: true,
  paymentPolicy: null,
  minNoticeMinutes: null,
  bookingWindowDays: null,
  providers: ['STATION-1', 'STATION-2'],
};

export const serviceView = serviceShape.meta({ examples: [exampleService] });

/** A service, for guests. Terms that the service leaves open are the property's. */
export const publicServiceView = serviceShape
  .omit({ bufferBeforeMinutes: true, bufferAfterMinutes: true, isActive: true })
  .extend({
    paymentPolicy: z.enum(PAYMENT_POLICIES),
    minNoticeMinutes: z.int(),
    bookingWindowDays: z.int(),
    providers: z.array(z.object({ code: z.string(), name: z.string() })),
  });

export const examplePublicService = {
  ...publicExample,
  paymentPolicy: 'DEPOSIT',
  minNoticeMinutes: 1440,
  bookingWindowDays: 540,
  providers: [{ code: 'STATION-1', name: 'Station 1' }],
};

export function viewService(service: ServiceDetails): z.output<typeof serviceView> {
  return { ...service, providers: [...service.providers] };
}

export function viewPublicService(
  service: PublicProperty['services'][number],
  property: Pick<PublicProperty, 'currency' | 'paymentPolicy' | 'minNoticeMinutes' | 'bookingWindowDays'>,
): z.output<typeof publicServiceView> {
  const { code, name, description, durationMinutes, slotStepMinutes, pricing } = service;
  return {
    code,
    name,
    description,
    durationMinutes,
    slotStepMinutes,
    pricing,
    price: Number(service.price),
    adultPrice: Number(service.adultPrice),
    childPrice: Number(service.childPrice),
    minimumTotal: Number(service.minimumTotal),
    paymentPolicy: service.paymentPolicy ?? property.paymentPolicy,
    minNoticeMinutes: service.minNoticeMinutes ?? property.minNoticeMinutes,
    bookingWindowDays: service.bookingWindowDays ?? property.bookingWindowDays,
    maxAdults: service.maxAdults,
    maxChildren: service.maxChildren,
    isAtGuests: service.isAtGuests,
    currency: property.currency,
    providers: service.providers.map(({ provider }) => provider),
  };
}
