import type { DepositPolicy, PaymentPolicy } from '../../domain/money/price/price.ts';
import type { TaxRule } from '../../domain/money/price/tax-rule.ts';
import type { Seller } from '../../domain/availability/offer.ts';
import type { StayTerms } from '../../domain/availability/stay.ts';
import { Prisma } from '../client.ts';

/** Columns of the property `p` that each offer reads. */
export const SELLER_COLUMNS = Prisma.sql`
      p.id, p.slug, p.name, p.timezone, p.currency, p.approval::text, p.payment_policy::text, p.deposit_policy,
      p.hold_minutes, p.booking_window_days, p.min_notice_minutes, p.phone,
      (SELECT json_agg(json_build_object('name', t.name, 'basis', t.basis, 'isInclusive', t.is_inclusive,
          'rateBps', t.rate_bps, 'amount', t.amount, 'bands', t.bands, 'exemptKinds', t.exempt_kinds,
          'maxNights', t.max_nights, 'validFrom', t.valid_from, 'validTo', t.valid_to) ORDER BY t.position, t.code)
        FROM tax_rules t WHERE t.property_id = p.id) AS taxes`;

export interface SellerRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  readonly approval: 'STAFF' | 'AUTOMATIC';
  readonly payment_policy: PaymentPolicy;
  readonly deposit_policy: DepositPolicy;
  readonly hold_minutes: number;
  readonly booking_window_days: number;
  readonly min_notice_minutes: number;
  readonly phone: string | null;
  readonly taxes: readonly TaxRule[] | null;
}

export function toSeller({ id, slug, name, timezone, approval, phone, hold_minutes: holdMinutes }: SellerRow): Seller {
  return { id, slug, name, timezone, approval, phone, holdMinutes };
}

/** Converts a row to the property's booking terms. */
export function toTerms(row: SellerRow): StayTerms {
  return {
    currency: row.currency,
    paymentPolicy: row.payment_policy,
    depositPolicy: row.deposit_policy,
    bookingWindowDays: row.booking_window_days,
    minNoticeMinutes: row.min_notice_minutes,
    taxes: row.taxes ?? [],
  };
}
