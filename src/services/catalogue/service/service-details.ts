import { z } from 'zod';
import type { Prisma } from '../../../db/client.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const serviceFields = z.object({
  name: z.string(),
  description: z.string().nullable(),
  durationMinutes: z.number(),
  bufferBeforeMinutes: z.number(),
  bufferAfterMinutes: z.number(),
  slotStepMinutes: z.number(),
  pricing: z.enum(['PER_BOOKING', 'PER_PERSON']),
  price: z.number(),
  adultPrice: z.number(),
  childPrice: z.number(),
  minimumTotal: z.number(),
  /** Null: the property's setting applies; likewise for the next two members. */
  paymentPolicy: z.enum(['NONE', 'DEPOSIT', 'FULL']).nullable(),
  minNoticeMinutes: z.number().nullable(),
  bookingWindowDays: z.number().nullable(),
  maxAdults: z.number(),
  maxChildren: z.number(),
  isAtGuests: z.boolean(),
  isActive: z.boolean(),
});
/** The members of a service that staff set; amounts in minor units. */
export type ServiceFields = Readonly<z.output<typeof serviceFields>>;

export const serviceDetails = serviceFields.extend({
  code: z.string(),
  currency: z.string(),
  /** The codes of the service's providers, in display order. */
  providers: z.array(z.string()).readonly(),
});
export type ServiceDetails = Readonly<z.output<typeof serviceDetails>>;

export const storedService = storedResponse('service', serviceDetails.readonly());

/** The relations that the details of a service need. */
export const SERVICE_PARTS = {
  property: { select: { currency: true, minNoticeMinutes: true, bookingWindowDays: true } },
  providers: {
    select: { provider: { select: { id: true, code: true } } },
    orderBy: [{ provider: { position: 'asc' } }, { provider: { code: 'asc' } }],
  },
} as const satisfies Prisma.ServiceInclude;

/** Converts a service's row to details, in the property's currency. */
export function toServiceDetails(service: Prisma.ServiceGetPayload<{ include: typeof SERVICE_PARTS }>): ServiceDetails {
  const { code, name, description, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, slotStepMinutes } =
    service;
  const { pricing, paymentPolicy, minNoticeMinutes, bookingWindowDays, maxAdults, maxChildren } = service;
  return {
    code,
    name,
    description,
    durationMinutes,
    bufferBeforeMinutes,
    bufferAfterMinutes,
    slotStepMinutes,
    pricing,
    price: Number(service.price),
    adultPrice: Number(service.adultPrice),
    childPrice: Number(service.childPrice),
    minimumTotal: Number(service.minimumTotal),
    paymentPolicy,
    minNoticeMinutes,
    bookingWindowDays,
    maxAdults,
    maxChildren,
    isAtGuests: service.isAtGuests,
    isActive: service.isActive,
    currency: service.property.currency,
    providers: service.providers.map(({ provider }) => provider.code),
  };
}
