import type { SandboxObject } from '../world/objects.ts';

interface FailureContent {
  readonly type?: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
  readonly code?: string;
  readonly param?: string;
  /** The payment intent of a state error, which Stripe includes in the response. */
  readonly payment_intent?: SandboxObject;
}

/** A refused request in Stripe's error format. */
export class StripeFailure extends Error {
  override name = 'StripeFailure';
  readonly status: number;
  readonly content: FailureContent;
  /** True for an error before execution: Stripe stores no response for the idempotency key. */
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

/** Makes the error for an unknown id. */
export function unknownId(noun: string, id: string, param: string, status = 404): StripeFailure {
  return new StripeFailure(status, `No such ${noun}: '${id}'`, { code: 'resource_missing', param });
}

/** Makes the error for an action that the status of the payment intent forbids. */
export function unexpectedState(intent: SandboxObject & { object: 'payment_intent' }, message: string): StripeFailure {
  return new StripeFailure(400, message, { code: 'payment_intent_unexpected_state', payment_intent: intent });
}

/** Makes the error for an invalid parameter, before execution. */
export function invalidParameter(message: string, code: string | undefined, param: string): StripeFailure {
  return new StripeFailure(400, message, { ...(code !== undefined && { code }), param }, true);
}
