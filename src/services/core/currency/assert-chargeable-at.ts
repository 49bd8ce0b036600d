import type { Tx } from '../../../db/client.ts';
import { assertChargeable } from '../../../domain/money/charge.ts';

/** Refuses amounts, by their paths, that no card could be charged in the property's currency. Throws: validation_failed. */
export async function assertChargeableAt(
  tx: Tx,
  propertyId: string,
  amounts: Parameters<typeof assertChargeable>[1],
): Promise<void> {
  const { currency } = await tx.property.findUniqueOrThrow({ where: { id: propertyId }, select: { currency: true } });
  assertChargeable(currency, amounts);
}
