import type { Prisma } from '../../db/client.ts';
import type { ServiceOffer } from '../../domain/availability/appointment.ts';

/** What a service is made of; amounts in minor units. Plain JSON, so that an answer can be kept. */
export interface ServiceFields extends Omit<ServiceOffer, 'id' | 'code' | 'stepMinutes'> {
  readonly description: string | null;
  readonly slotStepMinutes: number;
  readonly isActive: boolean;
}

export interface ServiceSheet extends ServiceFields {
  readonly code: string;
  readonly currency: string;
  /** The codes of who does it, in the order they are shown. */
  readonly providers: readonly string[];
}

/** What is read with a service to show it. */
export const SERVICE_PARTS = {
  property: { select: { currency: true } },
  providers: {
    select: { provider: { select: { id: true, code: true } } },
    orderBy: [{ provider: { position: 'asc' } }, { provider: { code: 'asc' } }],
  },
} as const satisfies Prisma.ServiceInclude;

/** The service as it is shown, in the property's currency. */
export function toServiceSheet(service: Prisma.ServiceGetPayload<{ include: typeof SERVICE_PARTS }>): ServiceSheet {
  const { code, name, description, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, slotStepMinutes } =
    service;
  const { pricing, paymentPolicy, minNoticeMinutes, bookingWindowDays, maxAdults, maxChildren } = service;
  return {
    ...{ code, name, description, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, slotStepMinutes, pricing },
    price: Number(service.price),
    adultPrice: Number(service.adultPrice),
    childPrice: Number(service.childPrice),
    minimumTotal: Number(service.minimumTotal),
    ...{ paymentPolicy, minNoticeMinutes, bookingWindowDays, maxAdults, maxChildren },
    isAtGuests: service.isAtGuests,
    isActive: service.isActive,
    currency: service.property.currency,
    providers: service.providers.map(({ provider }) => provider.code),
  };
}
