import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { Payment, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { transaction } from '../../../db/transaction.ts';
import { EXPIRES_TOO_SOON, GATEWAY_BUDGET_MS, SESSION_MINUTES, TOO_SMALL } from '../../../domain/ports/gateway.ts';
import type { NewSession } from '../../../domain/ports/gateway.ts';
import { PAYMENT_STAGES } from '../../../domain/money/payment-stage.ts';
import { toAsciiEmail } from '../../../domain/person/email.ts';
import { AppError } from '../../../errors.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { claimKey } from '../../core/idempotency/claim-key.ts';
import { findResponse } from '../../core/idempotency/find-response.ts';
import { storeResponse } from '../../core/idempotency/store-response.ts';
import { createInProgressError, storedResponse } from '../../core/idempotency/stored-response.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';
import { isUnconfirmed } from '../../../domain/booking-status.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertMayUseWallet } from '../wallet/assert-may-use-wallet.ts';
import { holdWalletPart } from '../wallet/hold-wallet-part.ts';
import { finalizePayment } from '../payment/finalize/finalize-payment.ts';
import { guestTokenOf } from '../payment/finalize/link-maker.ts';
import type { FinalizedPayment } from '../payment/finalize/finalize-payment.ts';
import { assertNothingInFlight, findCurrentPayment } from '../payment/find-current-payment.ts';
import { logFinalized, logRefusedPayment } from '../payment/finalize/log-finalized.ts';
import { awaitOperation, leaseOperation } from '../operation/lease-operation.ts';
import { requestOperation } from '../operation/request-operation.ts';
import { runOperation } from '../gateway/run-operation.ts';
import { chooseCharge, makeTooSmallError } from './choose-charge.ts';
import { findAmountDue } from './find-amount-due.ts';
import type { PaymentPurpose } from './find-amount-due.ts';

const MINUTE_MS = 60_000;

const paymentSessionSchema = z
  .object({
    url: z.string().nullable(),
    stage: z.enum(PAYMENT_STAGES),
    /** End of the hold on the place; null without a deadline. */
    expiresAt: z.string().nullable(),
  })
  .readonly();
export type PaymentSession = z.output<typeof paymentSessionSchema>;

const storedSession = storedResponse('payment session', paymentSessionSchema);

interface SessionRequest {
  readonly propertyId: string;
  readonly code: string;
  /** The wallet's part in minor units; defaults to the part in the open or replaced session, or zero. */
  readonly walletAmount?: number | undefined;
  /** Refuses to pay for anything else; undefined: whatever is due. */
  readonly purpose?: PaymentPurpose | undefined;
}

/**
 * Creates a checkout session for the amount due, or returns the open session if it still fits.
 *
 * A held booking pays its deposit, a confirmed booking its balance. The card is only authorized. The wallet's part is
 * reserved until the card's part is captured; a wallet that covers everything pays at once, without a session. A rest
 * that is too small for a card makes the wallet's part smaller.
 * Throws: not_found, forbidden, hold_expired, invalid_transition, already_paid, payment_in_progress,
 * insufficient_wallet_balance, validation_failed, amount_too_small, payment_refused, gateway_unavailable.
 * Idempotent: an open session is returned again, with or without a key, and so is a named wallet payment.
 */
export async function createPaymentSession(ctx: RequestContext, input: SessionRequest): Promise<PaymentSession> {
  const { code } = input;
  return logAction(ctx, { event: 'payment/session', fields: { code } }, async () => {
    const first = await findResponse(ctx, storedSession);
    if (first !== null) return first;
    const session = await runCheckout(ctx, input);
    // A wallet's payment has stored its response already.
    return session.stage === 'CAPTURED' ? session : answerOnce(ctx, storedSession, async () => session);
  });
}

async function runCheckout(outer: RequestContext, input: SessionRequest): Promise<PaymentSession> {
  // Expiring one session and creating another share one request's time budget.
  const ctx = { ...outer, gateway: outer.gateway.withDeadline(performance.now() + GATEWAY_BUDGET_MS) };
  let phase = await startCheckout(ctx, input);
  if (ctx.request.isDryRun) return { url: null, stage: 'NONE', expiresAt: null };
  if (phase.kind === 'CLOSING') {
    await runOperation(ctx, phase.operationId);
    const { walletAmount, purpose } = phase;
    phase = await startCheckout(ctx, { ...input, walletAmount, purpose });
    if (phase.kind === 'CLOSING') throw new AppError('payment_in_progress', { retryAfterSeconds: 5 });
  }
  switch (phase.kind) {
    case 'REPLAYED':
      return phase.session;
    case 'PAID':
      return PAID_BY_WALLET;
    case 'OPEN':
      return readSession(ctx, phase.paymentId);
    case 'OPENING':
      await (phase.isElsewhere ? awaitOperation : runOperation)(ctx, phase.operationId);
      return readSession(ctx, phase.paymentId);
  }
}

const PAID_BY_WALLET: PaymentSession = { url: null, stage: 'CAPTURED', expiresAt: null };

/** Starts the checkout. A wallet that covers the whole amount pays here. */
async function startCheckout(ctx: RequestContext, input: SessionRequest): Promise<CheckoutPhase> {
  if ((input.walletAmount ?? 0) === 0) return transaction(ctx, (tx) => openPayment(ctx, tx, input));
  const phase = await logRefusedPayment(ctx, { code: input.code, mode: 'WALLET' }, () =>
    transaction(ctx, async (tx): Promise<CheckoutPhase> => {
      // A wallet may pay at once, so a repeated request must not pay the next amount due.
      const claim = await claimKey(ctx, tx, storedSession);
      if (claim.kind === 'RUNNING') throw createInProgressError();
      return claim.kind === 'STORED' ? { kind: 'REPLAYED', session: claim.response } : openPayment(ctx, tx, input);
    }),
  );
  if (phase.kind === 'PAID') {
    logFinalized(ctx, { ...phase.finalized, mode: 'WALLET' });
    ctx.nudge();
  }
  return phase;
}

/** Result of a checkout's first phase, before the gateway is called. */
type CheckoutPhase =
  | { readonly kind: 'REPLAYED'; readonly session: PaymentSession }
  /** The wallet has paid the whole amount. */
  | { readonly kind: 'PAID'; readonly finalized: FinalizedPayment }
  | { readonly kind: 'OPEN'; readonly paymentId: string }
  | {
      readonly kind: 'OPENING';
      readonly paymentId: string;
      readonly operationId: string;
      /** True while another request, such as a first click, or the drain runs the operation. */
      readonly isElsewhere: boolean;
    }
  /** The open session no longer fits; the wallet pays `walletAmount` of the new session. */
  | {
      readonly kind: 'CLOSING';
      readonly operationId: string;
      readonly walletAmount: number;
      readonly purpose: PaymentPurpose;
    };

async function openPayment(ctx: RequestContext, tx: Tx, input: SessionRequest): Promise<CheckoutPhase> {
  const booking = await lockBooking(tx, input);
  const due = await findAmountDue(tx, booking, input);
  const { purpose } = due;
  // A repeat of a wallet payment gets the answer of the first.
  if (due.amount === 0) return { kind: 'REPLAYED', session: PAID_BY_WALLET };
  await assertNothingInFlight(tx, booking);
  const open = await findCurrentPayment(tx, booking, ['NONE', 'SESSION_CREATED']);
  const split = chooseCharge(booking, due, input.walletAmount ?? Number(open?.walletAmount ?? 0));
  const { walletAmount, cardAmount: amount } = split;
  const isSame =
    open?.purpose === purpose &&
    Number(open.amount) === amount &&
    Number(open.walletAmount) === walletAmount &&
    !(await isClosing(tx, open));
  if (open !== null && isSame) {
    // The session exists, or its operation is open: a repeat uses the operation's key.
    const creation = await tx.gatewayOperation.findFirst({
      where: { paymentId: open.id, kind: 'CREATE_SESSION', state: { in: [...OPEN_STATES] } },
    });
    if (creation === null) return { kind: 'OPEN', paymentId: open.id };
    const isElsewhere = !(await leaseOperation(tx, creation.id));
    return { kind: 'OPENING', paymentId: open.id, operationId: creation.id, isElsewhere };
  }
  if (walletAmount > 0) await assertMayUseWallet(ctx, tx, booking);
  if (open !== null) {
    // The open session has another amount or purpose, so it expires before a new session is created.
    const close = { booking, paymentId: open.id, author: ctx.author, runsAtOnce: true };
    const operationId = await requestOperation(tx, { ...close, kind: 'EXPIRE_SESSION' });
    return { kind: 'CLOSING', operationId, purpose, walletAmount };
  }
  if (amount === 0) return payByWallet(ctx, tx, { booking, walletAmount });
  await holdWalletPart(tx, booking, walletAmount);
  const { id: bookingId, propertyId, currency } = booking;
  const payment = { id: randomUUIDv7(), bookingId, propertyId, currency, purpose, amount };
  const part = { walletAmount, isWalletHeld: walletAmount > 0, guestTokenId: guestTokenOf(ctx.author) };
  await tx.payment.create({ data: { ...payment, ...part, provider: 'STRIPE', method: 'CARD', stage: 'NONE' } });
  const returnUrl = `${ctx.config.PUBLIC_URL}/manage`;
  const params = await describeSession(tx, booking, { paymentId: payment.id, amount, returnUrl });
  const operationId = await requestOperation(tx, {
    booking,
    paymentId: payment.id,
    kind: 'CREATE_SESSION',
    params: { ...params },
    author: ctx.author,
    runsAtOnce: true,
  });
  return { kind: 'OPENING', paymentId: payment.id, operationId, isElsewhere: false };
}

/** Checks for an open operation that expires the session. */
async function isClosing(tx: Tx, { id: paymentId }: Payment): Promise<boolean> {
  const closing = await tx.gatewayOperation.findFirst({
    where: { paymentId, kind: 'EXPIRE_SESSION', state: { in: [...OPEN_STATES] } },
    select: { id: true },
  });
  return closing !== null;
}

async function payByWallet(
  ctx: RequestContext,
  tx: Tx,
  { booking, walletAmount }: { booking: LockedBooking; walletAmount: number },
): Promise<CheckoutPhase> {
  const walletPayment = { mode: 'WALLET', payment: null, amount: 0, reason: 'WALLET' } as const;
  const finalized = await finalizePayment(tx, { ...walletPayment, booking, walletAmount, author: ctx.author });
  await storeResponse(ctx, tx, storedSession, PAID_BY_WALLET);
  return { kind: 'PAID', finalized };
}

async function describeSession(
  tx: Tx,
  booking: LockedBooking,
  input: { paymentId: string; amount: number; returnUrl: string },
): Promise<NewSession> {
  const { customer, property } = await tx.booking.findUniqueOrThrow({
    where: { id: booking.id },
    select: { customer: { select: { email: true } }, property: { select: { name: true } } },
  });
  return {
    amount: input.amount,
    currency: booking.currency,
    description: `${property.name}, ${booking.code}`,
    email: customer.email === null ? null : toAsciiEmail(customer.email),
    bookingCode: booking.code,
    paymentId: input.paymentId,
    expiresAt: new Date(booking.now.getTime() + SESSION_MINUTES * MINUTE_MS).toISOString(),
    successUrl: input.returnUrl,
    cancelUrl: input.returnUrl,
  };
}

async function readSession(ctx: RequestContext, paymentId: string): Promise<PaymentSession> {
  const payment: Payment & { booking: { status: BookingStatus; expiresAt: Date | null } } =
    await ctx.db.payment.findUniqueOrThrow({
      where: { id: paymentId },
      include: { booking: { select: { status: true, expiresAt: true } } },
    });
  const { booking, sessionUrl: url, stage } = payment;
  if (stage !== 'SESSION_CREATED' || url === null) {
    if (booking.status === 'EXPIRED') throw new AppError('hold_expired');
    throw await explainMissing(ctx, paymentId);
  }
  const isWaiting = isUnconfirmed(booking.status);
  return {
    url,
    stage,
    expiresAt: isWaiting ? (booking.expiresAt?.toISOString() ?? null) : null,
  };
}

/** Outcomes after which a new request may succeed: refused by us for its age, or by the gateway for its deadline. */
const PASSING_OUTCOMES = ['too_old_to_repeat', EXPIRES_TOO_SOON];

/** Explains a missing session: the gateway refused the payment, or did not answer. */
async function explainMissing(ctx: RequestContext, paymentId: string): Promise<AppError> {
  const refused = await ctx.db.gatewayOperation.findFirst({
    where: { paymentId, kind: 'CREATE_SESSION', state: 'REFUSED', outcome: { notIn: PASSING_OUTCOMES } },
    select: { outcome: true },
  });
  if (refused === null) {
    const detail = 'The checkout session could not be created; try again.';
    return new AppError('gateway_unavailable', { detail, retryAfterSeconds: 5 });
  }
  if (refused.outcome === TOO_SMALL) return makeTooSmallError();
  const detail =
    'The payment gateway refuses this payment, and would again. Pay another part by wallet, or in another way.';
  return new AppError('payment_refused', { detail });
}
