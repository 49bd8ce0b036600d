import type { Minor } from '../../../domain/money/money.ts';

/** Amounts captured, refunded and lost to disputes. */
export interface Sums {
  readonly captured: Minor;
  readonly refunded: Minor;
  readonly disputed: Minor;
}

export const ZERO_SUMS: Sums = { captured: 0, refunded: 0, disputed: 0 };

export type DifferenceKind =
  /** The gateway captured money that the ledger does not show. */
  | 'missing_in_ledger'
  /** The ledger shows money that the gateway did not capture. */
  | 'missing_at_gateway'
  | 'amount_differs'
  | 'refund_differs'
  | 'dispute_differs'
  /** A payment's rows, or the rows of its refunds, differ from the ledger. */
  | 'payment_against_ledger'
  /** The accounts of a currency do not add up to zero. */
  | 'ledger_imbalance';

/** Two amounts that differ. The ledger's amount is `expected` against the gateway, and `found` against a payment. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly bookingCode: string | null;
  readonly paymentId: string | null;
  /** The gateway's id of the payment, for look-ups; null when unknown or not needed. */
  readonly intentId: string | null;
  /** The gateway's ids of the payment's disputes where disputes differ; else empty. */
  readonly disputeIds: readonly string[];
  readonly expected: Minor;
  readonly found: Minor;
  readonly currency: string;
}

/** The payment whose books are compared. */
type Subject = Pick<Difference, 'bookingCode' | 'paymentId' | 'intentId' | 'currency'> &
  Partial<Pick<Difference, 'disputeIds'>>;

/** Compares the ledger's sums of a payment with the gateway's. */
export function compareWithGateway(subject: Subject, ledger: Sums, gateway: Sums): Difference[] {
  const captured = ledger.captured === 0 ? 'missing_in_ledger' : 'missing_at_gateway';
  const isOnOneSideOnly = ledger.captured === 0 || gateway.captured === 0;
  return [
    ...findDifference(subject, isOnOneSideOnly ? captured : 'amount_differs', ledger.captured, gateway.captured),
    ...findDifference(subject, 'refund_differs', ledger.refunded, gateway.refunded),
    ...findDifference(subject, 'dispute_differs', ledger.disputed, gateway.disputed),
  ];
}

/** Compares the sums of a payment's own rows with the ledger's. */
export function compareWithPayment(subject: Subject, payment: Sums, ledger: Sums): Difference[] {
  const kind = 'payment_against_ledger';
  return [
    ...findDifference(subject, kind, payment.captured, ledger.captured),
    ...findDifference(subject, kind, payment.refunded, ledger.refunded),
    ...findDifference(subject, kind, payment.disputed, ledger.disputed),
  ];
}

function findDifference(subject: Subject, kind: DifferenceKind, expected: Minor, found: Minor): Difference[] {
  const { bookingCode, paymentId, intentId, currency } = subject;
  const disputeIds = kind === 'dispute_differs' ? (subject.disputeIds ?? []) : [];
  return expected === found ? [] : [{ kind, bookingCode, paymentId, intentId, disputeIds, expected, found, currency }];
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
