import type { z } from 'zod';
import { hasEnded } from '../../../../domain/booking-status.ts';
import { formatAmount } from '../../../../domain/money/money.ts';
import { joinNames } from '../../../../domain/person/name.ts';
import { hashSource, restrictSources } from '../../../../http/access/content-policy.ts';
import type { receiptView } from './statement.ts';

type Receipt = z.output<typeof receiptView>;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:#1c2330;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{padding:.3rem .5rem;text-align:left;border-bottom:1px solid #ddd}
td:last-child,th:last-child{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.sum td{font-weight:600}@media print{body{margin:0}}`;

/** The source of the page's style, for the policy of a page that shows the receipt in a window of its own. */
export const RECEIPT_STYLE_SOURCE = hashSource(STYLE);
/** The page's Content-Security-Policy: its own style, and nothing else. */
export const RECEIPT_POLICY = restrictSources({ 'style-src': [RECEIPT_STYLE_SOURCE] });

const ENTRIES = {
  PAYMENT: { DONE: 'paid', PENDING: 'held, not charged yet' },
  REFUND: { DONE: 'refunded', PENDING: 'refund under way' },
} as const;

/** Renders the receipt as a printable page. The page has no script; all text is escaped. */
export function renderReceiptPage(receipt: Receipt): string {
  const { code, property, guest, currency, price } = receipt;
  const money = (amount: number) => `${formatAmount(amount, currency)} ${currency}`;
  const day = (at: string) => new Intl.DateTimeFormat('en-CA', { timeZone: property.timezone }).format(new Date(at));
  const lines = price.lines.map(({ label, quantity, amount }) =>
    row(quantity === 1 ? label : `${label} × ${String(quantity)}`, money(amount)),
  );
  const taxes = price.taxes.map(({ name, inclusive, amount }) =>
    row(inclusive ? `of which ${name}` : name, money(amount)),
  );
  const entries = receipt.entries.map((entry) =>
    row(`${day(entry.at)}, ${nameEntry(entry, receipt.status)}, ${formatMethod(entry.method)}`, money(entry.amount)),
  );
  const feeName = receipt.status === 'NO_SHOW' ? 'Kept for the missed booking' : 'Kept as cancellation fee';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Receipt ${escape(code)}</title>
<style>${STYLE}</style>
<h1>${escape(property.name)}</h1>
<p>Receipt for booking ${escape(code)}<br>${escape(joinNames(guest))}<br>${day(receipt.issuedAt)}</p>
<table>
${[
  ...lines,
  ...(price.promoDiscount > 0 ? [row('Discount', money(-price.promoDiscount))] : []),
  ...taxes,
  row('Total', money(price.totalPayable), 'sum'),
].join('\n')}
</table>
<table>
${[
  ...entries,
  ...(receipt.waived > 0 ? [row('Waived', money(receipt.waived))] : []),
  ...(receipt.fee > 0 ? [row(feeName, money(receipt.fee))] : []),
  // What is held on the card has a row above, and is not asked for twice.
  row('Still to pay', money(receipt.balanceDue - receipt.held), 'sum'),
].join('\n')}
</table>
</html>`;
}

function row(label: string, amount: string, kind = ''): string {
  return `<tr${kind === '' ? '' : ` class="${kind}"`}><td>${escape(label)}</td><td>${escape(amount)}</td></tr>`;
}

function nameEntry({ kind, state }: Receipt['entries'][number], status: Receipt['status']): string {
  const isReleased = kind === 'PAYMENT' && state === 'PENDING' && hasEnded(status);
  return isReleased ? 'held, being released' : ENTRIES[kind][state];
}

function formatMethod(method: string): string {
  return method.toLowerCase().replaceAll('_', ' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
