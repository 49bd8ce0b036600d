import type { Incoming, Reply } from '../../http/exchange.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import type { Sandbox } from '../sandbox.ts';
import type { StoredSession } from '../world/objects.ts';
import { renderNotFound, renderPage } from './page.ts';
import { payByClick } from './pay.ts';

const HTML = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
};

/** Serves the checkout page at `/c/pay/:session` and the form posts of the page. */
export function servePage(sandbox: Sandbox, incoming: Incoming): Reply {
  const [, , , id = '', action] = incoming.path.split('/');
  const session = sandbox.world.find('checkout.session', decodeURIComponent(id));
  if (session === undefined) return { status: 404, headers: HTML, body: renderNotFound() };
  if (incoming.method === 'GET' && action === undefined) {
    return { status: 200, headers: HTML, body: renderPage(session, incoming.query === 'declined') };
  }
  if (incoming.method === 'POST' && action === 'pay') return pay(sandbox, incoming, session);
  if (incoming.method === 'POST' && action === 'decline') return decline(sandbox, incoming, session);
  return { status: 404, headers: HTML, body: renderNotFound() };
}

function pay(sandbox: Sandbox, incoming: Incoming, session: StoredSession): Reply {
  return orCheckoutPage(session, () => {
    payByClick(sandbox, incoming, session, 'ok');
    return redirect((session.success_url ?? pathOf(session)).replaceAll('{CHECKOUT_SESSION_ID}', session.id));
  });
}

function decline(sandbox: Sandbox, incoming: Incoming, session: StoredSession): Reply {
  return orCheckoutPage(session, () => {
    payByClick(sandbox, incoming, session, 'declined');
    return redirect(`${pathOf(session)}?declined`);
  });
}

/** Runs an attempt to pay; redirects a refused attempt to the checkout page, which shows the reason. */
function orCheckoutPage(session: StoredSession, attempt: () => Reply): Reply {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof StripeFailure) return redirect(pathOf(session));
    throw error;
  }
}

function pathOf(session: StoredSession): string {
  return `/c/pay/${session.id}`;
}

/** Redirects with 303, so that a reload of the next page does not pay again. */
function redirect(location: string): Reply {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' };
}
