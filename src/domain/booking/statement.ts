import { balanceOf } from './booking.ts';
import type { BookingSnapshot, PaymentMethod, RecordedPayment, RecordedRefund } from './booking.ts';
import type { Minor } from '../money/money.ts';
import { CAPTURED_STAGES, UNCAPTURED_STAGES } from '../money/payment-stage.ts';

/** A payment or refund of a booking, done or pending. */
export interface StatementEntry {
  readonly at: string;
  readonly kind: 'PAYMENT' | 'REFUND';
  readonly method: PaymentMethod;
  /** Negative for a refund. */
  readonly amount: Minor;
  /** PENDING entries are not part of any sum. */
  readonly state: 'DONE' | 'PENDING';
  readonly reference: string | null;
}

/** Payments, refunds and balance of a booking. */
export interface Statement {
  readonly entries: readonly StatementEntry[];
  readonly paid: Minor;
  readonly refunded: Minor;
  readonly waived: Minor;
  /** Cancellation or no-show fee. */
  readonly fee: Minor;
  readonly balanceDue: Minor;
  /** The part of `balanceDue` that is held on a card or in the wallet, or being captured. */
  readonly held: Minor;
}

/**
 * Builds the account of a booking, oldest entry first. Paid less refunded equals the booking's `paidAmount`.
 *
 * Exception: refunds made in the gateway's dashboard may exceed the payments; the sums show the excess.
 */
export function buildStatement(booking: BookingSnapshot): Statement {
  const methods = new Map(booking.payments.map(({ id, method }) => [id, method]));
  const entries = [
    ...booking.payments.flatMap(toPaymentEntry),
    ...booking.refunds.flatMap((refund) => toRefundEntry(refund, methods)),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  const sum = (kind: StatementEntry['kind']) =>
    entries.reduce((total, entry) => (entry.kind === kind && entry.state === 'DONE' ? total + entry.amount : total), 0);
  const balanceDue = balanceOf(booking);
  const held = entries.reduce(
    (total, { kind, state, amount }) => (kind === 'PAYMENT' && state === 'PENDING' ? total + amount : total),
    0,
  );
  return {
    entries,
    paid: sum('PAYMENT'),
    refunded: 0 - sum('REFUND'),
    waived: booking.waivedAmount,
    fee: booking.feeAmount,
    balanceDue,
    held: Math.min(balanceDue, held),
  };
}

function toPaymentEntry(payment: RecordedPayment): StatementEntry[] {
  const { stage, amount, method, reference, walletHeld, createdAt: at } = payment;
  if (CAPTURED_STAGES.includes(stage)) return [{ at, kind: 'PAYMENT', method, amount, state: 'DONE', reference }];
  if (!UNCAPTURED_STAGES.includes(stage)) return [];
  const pending = { at, kind: 'PAYMENT', state: 'PENDING' } as const;
  const card: StatementEntry = { ...pending, method, amount, reference };
  return walletHeld === 0 ? [card] : [card, { ...pending, method: 'WALLET', amount: walletHeld, reference: null }];
}

function toRefundEntry(refund: RecordedRefund, methods: ReadonlyMap<string, PaymentMethod>): StatementEntry[] {
  const { state, destination, amount, reason, settledAt, createdAt, paymentId } = refund;
  if (state === 'CANCELLED') return [];
  const method = destination === 'MANUAL' ? (methods.get(paymentId) ?? 'OTHER') : destination;
  const isDone = state === 'DONE';
  const at = settledAt ?? createdAt;
  return [{ at, kind: 'REFUND', method, amount: -amount, state: isDone ? 'DONE' : 'PENDING', reference: reason }];
}
