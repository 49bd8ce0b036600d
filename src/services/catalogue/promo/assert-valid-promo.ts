import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';
import type { FieldError } from '../../../errors.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import type { PromoFields } from './promo-details.ts';

/** 100 % in basis points. */
const MAX_BPS = 10_000;

/**
 * Refuses a promo with contradicting values, or for an unknown room type or service.
 *
 * Throws: validation_failed, with the path of each fault.
 */
export async function assertValidPromo(
  tx: Tx,
  { propertyId, ...promo }: PromoFields & { readonly propertyId: string },
): Promise<void> {
  const { type, value, validFrom, validUntil, roomTypes, services } = promo;
  const find = { where: { propertyId, code: { in: [...roomTypes, ...services] } }, select: { code: true } };
  const errors = [
    ...(type === 'PERCENT' && value > MAX_BPS
      ? [{ path: 'value', message: 'must be at most 10000 basis points' }]
      : []),
    ...(validFrom !== null && validUntil !== null && Date.parse(validFrom) >= Date.parse(validUntil)
      ? [{ path: 'validUntil', message: 'must be after validFrom' }]
      : []),
    ...listUnknownCodes('roomTypes', roomTypes, roomTypes.length === 0 ? [] : await tx.roomType.findMany(find)),
    ...listUnknownCodes('services', services, services.length === 0 ? [] : await tx.service.findMany(find)),
  ];
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
  if (type === 'FIXED') await assertChargeableAt(tx, propertyId, { value });
}

function listUnknownCodes(
  list: 'roomTypes' | 'services',
  codes: readonly string[],
  found: readonly { readonly code: string }[],
): FieldError[] {
  const known = new Set(found.map(({ code }) => code));
  return codes.flatMap((code, index) =>
    known.has(code) ? [] : [{ path: `${list}.${String(index)}`, message: `there is no "${code}"` }],
  );
}
