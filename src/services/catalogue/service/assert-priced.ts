import type { ServicePricing } from '../../../domain/money/price/price-appointment.ts';
import { AppError } from '../../../errors.ts';

/** Refuses a service priced per person without a price for adults. Throws: validation_failed. */
export function assertPriced(service: {
  readonly pricing: ServicePricing;
  readonly adultPrice: number | bigint;
}): void {
  if (service.pricing === 'PER_BOOKING' || service.adultPrice > 0) return;
  throw new AppError('validation_failed', {
    errors: [{ path: 'adultPrice', message: 'must be more than 0 when pricing is PER_PERSON' }],
  });
}
