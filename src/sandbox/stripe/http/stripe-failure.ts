import type { SandboxObject } from '../world/objects.ts';

interface FailureContent {
  readonly type?: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
  readonly code?: string;
  readonly param?: string;
  /** The intent the failure is about: Stripe sends it along. */
  readonly payment_intent?: SandboxObject;
}

/** A request refused, in the shape Stripe refuses it. */
export class StripeFailure extends Error {
  override name = 'StripeFailure';
  readonly status: number;
  readonly content: FailureContent;
  /** True when nothing was tried yet: such an answer is not kept under the idempotency key. */
  readonly isBeforeExecution: boolean;

  constructor(status: number, message: string, content: FailureContent = {}, isBeforeExecution = false) {
    super(message);
    this.status = status;
    this.content = content;
    this.isBeforeExecution = isBeforeExecution;
  }

  toBody(requestId: string): { error: Record<string, unknown> } {
    const { type = 'invalid_request_error', ...rest } = this.content;
    const log = `https://dashboard.stripe.com/test/logs/${requestId}`;
    return { error: { ...rest, message: this.message, type, request_log_url: log } };
  }
}

/** An id that means nothing here. */
export function refuseUnknown(noun: string, id: string, param: string, status = 404): StripeFailure {
  return new StripeFailure(status, `No such ${noun}: '${id}'`, { code: 'resource_missing', param });
}

/** Something the object's state does not allow. */
export function refuseState(intent: SandboxObject & { object: 'payment_intent' }, message: string): StripeFailure {
  return new StripeFailure(400, message, { code: 'payment_intent_unexpected_state', payment_intent: intent });
}

/** Parameters that are wrong by themselves, whatever the state. */
export function refuseParameter(message: string, code: string | undefined, param: string): StripeFailure {
  return new StripeFailure(400, message, { ...(code !== undefined && { code }), param }, true);
}
