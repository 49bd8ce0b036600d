import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

/** A checkout session with the data for the future payment intent, which Stripe stores but never shows. */
export type StoredSession = Stripe.Checkout.Session & { payment_intent_data: IntentData };

export interface IntentData {
  readonly capture_method: 'automatic' | 'automatic_async' | 'manual';
  readonly metadata: Stripe.Metadata;
  readonly description: string | null;
  readonly receipt_email: string | null;
  readonly statement_descriptor: string | null;
  readonly statement_descriptor_suffix: string | null;
}

/** The stored objects by Stripe's `object` name. */
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

/** The API version of the installed SDK. */
export const API_VERSION = '2026-10-28.endive';

const PREFIX: Record<Kind, string> = {
  'checkout.session': 'cs_test_',
  payment_intent: 'pi_',
  charge: 'ch_',
  refund: 're_',
  dispute: 'du_',
  balance_transaction: 'txn_',
};

/** Makes a new id in Stripe's format. */
export function makeId(kind: Kind): string {
  return PREFIX[kind] + randomText(kind === 'checkout.session' ? 56 : 24);
}

/** Makes a random text of letters and digits. */
export function randomText(length: number): string {
  let text = '';
  // Removal of `-` and `_` can leave too few characters; the loop then adds more.
  while (text.length < length) text += randomBytes(length).toString('base64url').replaceAll(/[-_]/g, '');
  return text.slice(0, length);
}

/** Reads the id of a reference, which is an id or an expanded object. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}
