import { AppError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { readSqlError } from './connection/sql-error.ts';

/** Error codes by violated constraint. A test checks that each constraint exists. */
export const CONSTRAINT_CODES = {
  room_nights_not_oversold: 'inventory_in_use',
  room_assignments_no_overlap: 'room_taken',
  room_assignments_one_live: 'room_taken',
  appointments_no_overlap: 'slot_taken',
  inventory_nights_amounts_valid: 'inventory_in_use',
  bookings_status_follows_table: 'invalid_transition',
  room_types_code_unique: 'already_exists',
  rooms_number_unique: 'already_exists',
  services_code_unique: 'already_exists',
  providers_code_unique: 'already_exists',
  zones_code_unique: 'already_exists',
  tax_rules_code_unique: 'already_exists',
  promos_code_unique: 'already_exists',
  promos_uses_within_limit: 'promo_invalid',
  promo_uses_within_customer_limit: 'promo_invalid',
  provider_hours_no_overlap: 'hours_overlap',
  provider_exceptions_no_overlap: 'hours_overlap',
  agent_holds_capped: 'too_many_holds',
  unpaid_holds_within_limit: 'too_many_holds',
  unpaid_claims_within_share: 'too_many_holds',
  wallets_not_negative: 'insufficient_wallet_balance',
  ledger_accounts_not_overdrawn: 'refund_exceeds_captured',
  payments_refund_within_captured: 'refund_exceeds_captured',
  idempotency_keys_pkey: 'idempotency_in_progress',
} as const satisfies Record<string, ErrorCode>;

/** Translates a violated constraint to an error; null for constraints without a code. */
export function explainConstraint(error: unknown): AppError | null {
  const constraint = readSqlError(error)?.constraint;
  if (constraint === undefined || constraint === null || !(constraint in CONSTRAINT_CODES)) return null;
  return new AppError(CONSTRAINT_CODES[constraint as keyof typeof CONSTRAINT_CODES], { cause: error });
}
