import type { Minor } from '../../domain/money/money.ts';

/** What was taken from guests, what was given back to them, and what disputes have taken away. */
export interface Sums {
  readonly captured: Minor;
  readonly refunded: Minor;
  readonly disputed: Minor;
}

export const NOTHING: Sums = { captured: 0, refunded: 0, disputed: 0 };

export type DifferenceKind =
  /** The gateway took money the ledger knows nothing of. */
  | 'missing_in_ledger'
  /** The ledger has money the gateway never took. */
  | 'missing_at_gateway'
  | 'amount_differs'
  | 'refund_differs'
  | 'dispute_differs'
  /** A payment, or what was given back of it, says something else than the ledger. */
  | 'payment_against_ledger'
  /** The accounts of a currency do not add up to nothing. */
  | 'ledger_imbalance';

/** Two books that do not say the same. The ledger's figure is `expected` against the gateway, and `found` against a payment. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly bookingCode: string | null;
  readonly paymentId: string | null;
  /** What the gateway calls the payment, to look it up by; null where that is not known, or not needed. */
  readonly intentId: string | null;
  readonly expected: Minor;
  readonly found: Minor;
  readonly currency: string;
}

/** Whose books are compared. */
type Subject = Pick<Difference, 'bookingCode' | 'paymentId' | 'intentId' | 'currency'>;

/** How the gateway's account of a payment differs from the ledger's. */
export function compareWithGateway(subject: Subject, ledger: Sums, gateway: Sums): Difference[] {
  const captured = ledger.captured === 0 ? 'missing_in_ledger' : 'missing_at_gateway';
  const isOneEmpty = ledger.captured === 0 || gateway.captured === 0;
  return [
    ...differ(subject, isOneEmpty ? captured : 'amount_differs', ledger.captured, gateway.captured),
    ...differ(subject, 'refund_differs', ledger.refunded, gateway.refunded),
    ...differ(subject, 'dispute_differs', ledger.disputed, gateway.disputed),
  ];
}

/** How the ledger differs from what a payment's own rows say. */
export function compareWithPayment(subject: Subject, payment: Sums, ledger: Sums): Difference[] {
  const kind = 'payment_against_ledger';
  return [
    ...differ(subject, kind, payment.captured, ledger.captured),
    ...differ(subject, kind, payment.refunded, ledger.refunded),
    ...differ(subject, kind, payment.disputed, ledger.disputed),
  ];
}

function differ(subject: Subject, kind: DifferenceKind, expected: Minor, found: Minor): Difference[] {
  const { bookingCode, paymentId, intentId, currency } = subject;
  return expected === found ? [] : [{ kind, bookingCode, paymentId, intentId, expected, found, currency }];
}

export function isSame(a: Sums, b: Sums): boolean {
  return a.captured === b.captured && a.refunded === b.refunded && a.disputed === b.disputed;
}

export function addSums(a: Sums, b: Sums): Sums {
  return {
    captured: a.captured + b.captured,
    refunded: a.refunded + b.refunded,
    disputed: a.disputed + b.disputed,
  };
}
