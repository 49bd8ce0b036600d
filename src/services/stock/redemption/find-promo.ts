import { withRetries } from '../../../db/transaction.ts';
import { overdueHold } from '../../../db/predicates.ts';
import { normalizePromoCode } from '../../../domain/money/price/promo.ts';
import type { PromoOffer } from '../../../domain/money/price/promo.ts';
import type { QueryScope } from '../time/read-slots.ts';

/** The promo of a code that a request gives; null when the code is unknown. */
export interface RequestedPromo {
  readonly promo: FoundPromo | null;
}

export interface FoundPromo extends PromoOffer {
  /** Redemptions by overdue holds, which count no longer. */
  readonly overdueRedemptions: number;
}

/** Finds the promo of a code, with its redemptions; null without a code. */
export async function findPromo(
  { db }: QueryScope,
  { propertyId, code }: { propertyId: string; code: string | null },
): Promise<RequestedPromo | null> {
  if (code === null) return null;
  const rows = await withRetries(
    () => db.$queryRaw<PromoRow[]>`
      SELECT p.id, p.type::text, p.value, p.is_active, p.valid_from, p.valid_until, p.min_amount, p.room_types, p.services,
        p.max_uses, p.max_uses_per_customer, p.uses,
        (SELECT count(*)::int FROM bookings b JOIN promo_uses u ON u.booking_id = b.id
          WHERE ${overdueHold()} AND u.promo_id = p.id AND u.freed_at IS NULL) AS overdue_uses
      FROM promos p WHERE p.property_id = ${propertyId}::uuid AND p.code = ${normalizePromoCode(code)}`,
  );
  const row = rows[0];
  return { promo: row === undefined ? null : toPromo(row) };
}

interface PromoRow {
  id: string;
  type: 'PERCENT' | 'FIXED';
  value: bigint;
  is_active: boolean;
  valid_from: Date | null;
  valid_until: Date | null;
  min_amount: bigint;
  room_types: string[];
  services: string[];
  max_uses: number | null;
  max_uses_per_customer: number | null;
  uses: number;
  overdue_uses: number;
}

function toPromo(row: PromoRow): FoundPromo {
  const { id, type, services, uses } = row;
  return {
    id,
    type,
    services,
    overdueRedemptions: row.overdue_uses,
    uses: uses - row.overdue_uses,
    value: Number(row.value),
    isActive: row.is_active,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    minAmount: Number(row.min_amount),
    roomTypes: row.room_types,
    maxUses: row.max_uses,
    maxUsesPerCustomer: row.max_uses_per_customer,
  };
}
