import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

/** A session and what it was asked to give its intent, which Stripe keeps but never shows. */
export type StoredSession = Stripe.Checkout.Session & { payment_intent_data: IntentData };

export interface IntentData {
  readonly capture_method: 'automatic' | 'automatic_async' | 'manual';
  readonly metadata: Stripe.Metadata;
  readonly description: string | null;
  readonly receipt_email: string | null;
  readonly statement_descriptor: string | null;
  readonly statement_descriptor_suffix: string | null;
}

/** Everything the sandbox keeps, by the name Stripe gives it in `object`. */
export interface Objects {
  'checkout.session': StoredSession;
  payment_intent: Stripe.PaymentIntent;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  dispute: Stripe.Dispute;
  balance_transaction: Stripe.BalanceTransaction;
}

export type Kind = keyof Objects;
export type SandboxObject = Objects[Kind];
export type EventType = Stripe.Event['type'];

/** The API version the sandbox speaks: the one the SDK is generated from. */
export const API_VERSION = '2026-10-28.endive';

const PREFIX: Record<Kind, string> = {
  'checkout.session': 'cs_test_',
  payment_intent: 'pi_',
  charge: 'ch_',
  refund: 're_',
  dispute: 'du_',
  balance_transaction: 'txn_',
};

/** A new id that looks like Stripe's. */
export function makeId(kind: Kind): string {
  return PREFIX[kind] + randomText(kind === 'checkout.session' ? 56 : 24);
}

/** Letters and digits nobody can guess. */
export function randomText(length: number): string {
  let text = '';
  // Base64 keeps most of its letters once the two signs are gone; the rest comes with the next round.
  while (text.length < length) text += randomBytes(length).toString('base64url').replaceAll(/[-_]/g, '');
  return text.slice(0, length);
}

/** The id in a field that holds an id or, expanded, the object. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}
