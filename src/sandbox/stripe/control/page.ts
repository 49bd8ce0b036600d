import type { StoredSession } from '../world/objects.ts';
import { moneyText } from './money-text.ts';

/** Renders the checkout page: items, total and the customer's choices, without external resources. */
export function renderPage(session: StoredSession, wasDeclined: boolean): string {
  const items = (session.line_items?.data ?? [])
    .map(
      (item) =>
        `<li><span>${escape(item.description ?? '')}${item.quantity === 1 ? '' : ` × ${String(item.quantity)}`}</span><span>${escape(moneyText(item.amount_total, item.currency))}</span></li>`,
    )
    .join('');
  const total = escape(moneyText(session.amount_total ?? 0, session.currency ?? ''));
  const authorizationNote =
    session.payment_intent_data.capture_method === 'manual'
      ? '<p class="small">Your card is authorized now and charged when your booking is confirmed.</p>'
      : '';
  return renderShell(
    `Pay ${total}`,
    `<h1>${total}</h1>
<ul>${items}</ul>
${wasDeclined ? '<p class="problem" role="alert">Your card was declined. Try again or use another card.</p>' : ''}
${session.status === 'open' ? renderChoices(session) + authorizationNote : `<p role="status">${escape(ENDED[session.status ?? 'open'] ?? '')}</p>`}`,
  );
}

export function renderNotFound(): string {
  return renderShell(
    'Not found',
    '<h1>Checkout session not found</h1><p>Check the link, or go back to your booking and start the payment again.</p>',
  );
}

const ENDED: Record<string, string> = {
  complete: 'Payment complete. Thank you.',
  expired: 'This checkout session has expired. Your card was not charged.',
};

function renderChoices(session: StoredSession): string {
  const id = encodeURIComponent(session.id);
  const back = session.cancel_url === null ? '' : `<a href="${escape(session.cancel_url)}">Back without paying</a>`;
  return `<form method="post" action="/c/pay/${id}/pay"><button class="main">Pay</button></form>
<form method="post" action="/c/pay/${id}/decline"><button>Simulate a declined card</button></form>
${back}
`;
}

function renderShell(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1f36; background: #f6f8fa; margin: 0; padding: 2rem 1rem; }
main { max-width: 26rem; margin: auto; background: #fff; border: 1px solid #dde2ea; border-radius: .75rem; padding: 1.5rem; }
.test { display: inline-block; background: #ffe8b3; color: #5c3d00; border-radius: .3rem; padding: 0 .5rem; font-size: .8rem; }
h1 { margin: .5rem 0; }
ul { list-style: none; padding: 0; }
li { display: flex; justify-content: space-between; gap: 1rem; border-top: 1px solid #eef1f5; padding: .4rem 0; }
button, a { display: block; box-sizing: border-box; width: 100%; margin: .5rem 0; padding: .7rem; border: 1px solid #c3cad5; border-radius: .4rem; background: #fff; color: inherit; font: inherit; text-align: center; text-decoration: none; cursor: pointer; }
button.main { background: #3d4eac; border-color: #3d4eac; color: #fff; }
.problem { color: #a3123a; }
.small { font-size: .85rem; color: #5a6270; }
</style>
</head>
<body>
<main>
<span class="test">Sandbox: no real payment</span>
${content}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
