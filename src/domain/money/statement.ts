import { balanceOf } from '../booking.ts';
import type { BookingSnapshot, PaymentMethod, RecordedPayment, RecordedRefund } from '../booking.ts';
import type { Minor } from './money.ts';

/** Money that moved for a booking, or is about to. */
export interface StatementEntry {
  readonly at: string;
  readonly kind: 'PAYMENT' | 'REFUND';
  readonly method: PaymentMethod;
  /** Below zero for what went back. */
  readonly amount: Minor;
  /** PENDING counts in no sum yet. */
  readonly state: 'DONE' | 'PENDING';
  readonly reference: string | null;
}

/** What a booking costs, what was paid for it, and what is left. */
export interface Statement {
  readonly entries: readonly StatementEntry[];
  readonly paid: Minor;
  readonly refunded: Minor;
  readonly waived: Minor;
  /** What was kept when it ended before its time. */
  readonly fee: Minor;
  readonly balanceDue: Minor;
}

const COUNTED: readonly RecordedPayment['stage'][] = ['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'];
const ON_THE_WAY: readonly RecordedPayment['stage'][] = ['AUTHORIZED', 'CAPTURING'];

/**
 * A booking's account, oldest entry first: paid less refunded is what the booking says is paid.
 *
 * Unless more was given back in the gateway's dashboard than had come in: then that shows, too.
 */
export function drawStatement(booking: BookingSnapshot): Statement {
  const methods = new Map(booking.payments.map(({ id, method }) => [id, method]));
  const entries = [
    ...booking.payments.flatMap(toPaymentEntry),
    ...booking.refunds.flatMap((refund) => toRefundEntry(refund, methods)),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  const sum = (kind: StatementEntry['kind']) =>
    entries.reduce((total, entry) => (entry.kind === kind && entry.state === 'DONE' ? total + entry.amount : total), 0);
  return {
    entries,
    paid: sum('PAYMENT'),
    refunded: 0 - sum('REFUND'),
    waived: booking.waivedAmount,
    fee: booking.feeAmount,
    balanceDue: balanceOf(booking),
  };
}

function toPaymentEntry({ stage, amount, method, reference, createdAt: at }: RecordedPayment): StatementEntry[] {
  const isCounted = COUNTED.includes(stage);
  if (!isCounted && !ON_THE_WAY.includes(stage)) return [];
  return [{ at, kind: 'PAYMENT', method, amount, state: isCounted ? 'DONE' : 'PENDING', reference }];
}

function toRefundEntry(refund: RecordedRefund, methods: ReadonlyMap<string, PaymentMethod>): StatementEntry[] {
  const { state, destination, amount, reason, settledAt, createdAt, paymentId } = refund;
  if (state === 'CANCELLED') return [];
  const method = destination === 'MANUAL' ? (methods.get(paymentId) ?? 'OTHER') : destination;
  const isOut = state === 'DONE';
  const at = settledAt ?? createdAt;
  return [{ at, kind: 'REFUND', method, amount: -amount, state: isOut ? 'DONE' : 'PENDING', reference: reason }];
}
