import { z } from 'zod';
import type { Reconciliation, Total } from '../../../../services/money/reconciliation/reconcile-property.ts';

export const CSV_TYPE = 'text/csv; charset=utf-8';

const KINDS = [
  'missing_in_ledger',
  'missing_at_gateway',
  'amount_differs',
  'refund_differs',
  'dispute_differs',
  'payment_against_ledger',
  'ledger_imbalance',
] as const;

const total = z.object({
  captured: z.int(),
  refunded: z.int(),
  disputed: z.int().describe('Amounts taken by disputes minus disputes won.'),
  net: z.int(),
});

const difference = z.object({
  kind: z.enum(KINDS),
  bookingCode: z.string().nullable(),
  paymentId: z.string().nullable(),
  expected: z
    .int()
    .describe(
      'The amount in the ledger; for `payment_against_ledger` the amount of the payment, for `ledger_imbalance` 0.',
    ),
  found: z
    .int()
    .describe(
      'The amount at the gateway; for `payment_against_ledger` and `ledger_imbalance` the amount in the ledger.',
    ),
  currency: z.string(),
  disputeIds: z
    .array(z.string())
    .describe('The gateway’s ids of the payment’s disputes, for `dispute_differs`; else empty.'),
});

const example: Total = { captured: 57_800, refunded: 14_450, disputed: 0, net: 43_350 };

export const reconciliationView = z
  .object({
    from: z.string(),
    to: z.string(),
    currency: z.string(),
    balanced: z.boolean(),
    differences: z.array(difference),
    totals: z.object({
      ledger: total,
      payments: total,
      gateway: total,
      strangers: z
        .object({ count: z.int(), amount: z.int() })
        .describe('Unrelated payments in the gateway’s account; not counted as differences.'),
    }),
  })
  .meta({
    examples: [
      {
        from: '2027-05-01',
        to: '2027-05-07',
        currency: 'EUR',
        balanced: false,
        differences: [
          {
            kind: 'refund_differs',
            bookingCode: 'BK-2027-0042',
            paymentId: '01980c4e-7f3a-7000-8000-000000000000',
            expected: 0,
            found: 14_450,
            currency: 'EUR',
            disputeIds: [],
          },
        ],
        totals: {
          ledger: { ...example, refunded: 0, net: 57_800 },
          payments: { ...example, refunded: 0, net: 57_800 },
          gateway: example,
          strangers: { count: 0, amount: 0 },
        },
      },
    ],
  });

export function viewReconciliation(reconciliation: Reconciliation): z.output<typeof reconciliationView> {
  const { from, to, currency, balanced, totals } = reconciliation;
  const differences = reconciliation.differences.map(({ kind, bookingCode, paymentId, ...rest }) => {
    const { expected, found, currency: of, disputeIds } = rest;
    return { kind, bookingCode, paymentId, expected, found, currency: of, disputeIds: [...disputeIds] };
  });
  return { from, to, currency, balanced, differences, totals };
}

const COLUMNS = ['kind', 'bookingCode', 'paymentId', 'expected', 'found', 'currency', 'disputeIds'] as const;

/** Formats the differences as CSV (RFC 4180). No cell contains user input, so no cell needs quoting. */
export function formatReconciliationCsv(reconciliation: Reconciliation): string {
  const lines = viewReconciliation(reconciliation).differences.map((line) =>
    COLUMNS.map((name) => formatCell(line[name])),
  );
  return [COLUMNS, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** Formats a cell; the ids of a list are separated by spaces. */
function formatCell(value: string | number | readonly string[] | null): string {
  return typeof value === 'object' ? (value ?? []).join(' ') : String(value);
}
