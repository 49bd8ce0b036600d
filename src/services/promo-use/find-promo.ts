import { withRetries } from '../../db/transaction.ts';
import { normalizePromoCode } from '../../domain/money/promo.ts';
import type { PromoOffer } from '../../domain/money/promo.ts';
import type { Reading } from '../slots/read-slots.ts';

/** A code that somebody has given, and the promo behind it, if there is one. */
export interface AskedPromo {
  readonly promo: FoundPromo | null;
}

export interface FoundPromo extends PromoOffer {
  /** How many of its uses are held by holds past their deadline, which count no longer. */
  readonly overdueUses: number;
}

/** Looks up a promo code; null when none was given, and then nothing is read. */
export async function findPromo(
  { db }: Reading,
  { propertyId, code }: { propertyId: string; code: string | null },
): Promise<AskedPromo | null> {
  if (code === null) return null;
  const rows = await withRetries(
    () => db.$queryRaw<PromoRow[]>`
      SELECT p.id, p.type::text, p.value, p.is_active, p.valid_from, p.valid_until, p.min_amount, p.room_types, p.services,
        p.max_uses, p.max_uses_per_customer, p.uses,
        (SELECT count(*)::int FROM bookings b JOIN promo_uses u ON u.booking_id = b.id
          WHERE b.status = 'PENDING_PAYMENT' AND b.expires_at <= (SELECT app_now())
            AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED') AND u.promo_id = p.id AND u.freed_at IS NULL) AS overdue_uses
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
    ...{ id, type, services, overdueUses: row.overdue_uses, uses: uses - row.overdue_uses },
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
