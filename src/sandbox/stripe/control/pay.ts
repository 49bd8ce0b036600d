import type { Incoming } from '../../http/exchange.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import type { Card } from '../money/draft-payment.ts';
import { paySession } from '../money/pay-session.ts';
import type { Attempt } from '../money/pay-session.ts';
import { contentOf } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { NO_ORIGIN, startChange } from '../world/change.ts';
import { randomText } from '../world/objects.ts';
import type { StoredSession } from '../world/objects.ts';

/** Attempts to pay a session, for the checkout page and the control API. Throws: StripeFailure 409 unless open. */
export function payByClick(sandbox: Sandbox, incoming: Incoming, session: StoredSession, card: Card): Attempt {
  const { world, settings } = sandbox;
  const change = startChange(world.nowSeconds(), NO_ORIGIN);
  const recorded = {
    at: new Date().toISOString(),
    id: `req_${randomText(14)}`,
    method: incoming.method,
    path: incoming.path,
    params: { card },
    idempotencyKey: null,
    replayed: false,
    fault: null,
  };
  try {
    const { captureWindowSeconds } = settings;
    const attempt = paySession(change, world, { session, card, captureWindowSeconds });
    sandbox.commit({ request: { ...recorded, status: 200, error: null }, ...contentOf(change) });
    return attempt;
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    const { status, message } = error;
    sandbox.commit({ request: { ...recorded, status, error: { type: 'invalid_request_error', code: null, message } } });
    throw error;
  }
}
