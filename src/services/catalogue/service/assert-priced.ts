import type { ServicePricing } from '../../../domain/money/price/price-appointment.ts';
import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import type { ServiceFields } from './service-details.ts';

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

/** Refuses prices that no card could be charged in the property's currency. Throws: validation_failed. */
export async function assertServiceChargeable(
  tx: Tx,
  propertyId: string,
  { price, adultPrice, childPrice, minimumTotal }: Partial<ServiceFields>,
): Promise<void> {
  await assertChargeableAt(tx, propertyId, { price, adultPrice, childPrice, minimumTotal });
}
