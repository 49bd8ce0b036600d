import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { transaction } from '../../db/transaction.ts';
import type { Actor } from '../../domain/booking.ts';
import { GATEWAY_BUDGET_MS } from '../../domain/ports/gateway.ts';
import type { NewSession } from '../../domain/ports/gateway.ts';
import { PAYABLE_AGAIN_STAGES } from '../../domain/payment-stage.ts';
import type { PaymentStage } from '../../domain/payment-stage.ts';
import { AppError } from '../../errors.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { isOverdue } from '../hold/release-overdue-holds.ts';
import { answerOnce, findKeptAnswer, keepAnswer, takeKey } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { holdWalletPart } from '../wallet/hold-wallet-part.ts';
import { finalizePayment } from './finalize/finalize-payment.ts';
import type { FinalizedPayment } from './finalize/finalize-payment.ts';
import { assertNothingInFlight, findCurrentPayment } from './find-current-payment.ts';
import { logFinalized, logRefusedPayment } from './finalize/log-finalized.ts';
import { awaitOperation, leaseOperation } from '../gateway/operation/lease-operation.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';
import { runOperation } from '../gateway/operation/run-operation.ts';

/** The gateway keeps a page open for at least half an hour; a minute more allows for its clock. */
const SESSION_MINUTES = 31;
const MINUTE_MS = 60_000;

export interface PaymentSession {
  readonly url: string | null;
  readonly stage: PaymentStage;
  /** When the place is no longer held for the guest; null where nothing runs out. */
  readonly expiresAt: string | null;
}

interface SessionRequest {
  readonly propertyId: string;
  readonly code: string;
  readonly actor: Actor;
  /** What the customer's wallet is to pay of it; otherwise as much as in the page that is open or is replaced, or nothing. */
  readonly walletAmount?: number | undefined;
}

/**
 * A page on which the guest can pay what is due: the open one as long as it fits, else a new one.
 *
 * While the booking is held, that is what makes it stand; once it stands, the balance. Money is only authorized there.
 * The wallet's part is set aside until the card's is captured; a wallet that pays all of it pays at once, without a page.
 * Throws: not_found, hold_expired, invalid_transition, already_paid, payment_in_progress, insufficient_wallet_balance,
 * payment_refused, gateway_unavailable.
 * Idempotent: the page that is open is answered again, with a key or without.
 */
export async function createPaymentSession(ctx: Context, input: SessionRequest): Promise<PaymentSession> {
  const { actor, code } = input;
  return logAction(ctx, { event: 'payment/session', actor, fields: { code } }, async () => {
    const request = ctx.request.idempotency;
    const kept = request === null || ctx.request.isDryRun ? null : await findKeptAnswer(ctx, ctx.db, request);
    if (kept !== null) return kept.answer as PaymentSession;
    const session = await openSession(ctx, input);
    // What a wallet paid was kept with the payment.
    return session.stage === 'CAPTURED' ? session : answerOnce(ctx, async () => session);
  });
}

async function openSession(outer: Context, input: SessionRequest): Promise<PaymentSession> {
  // Closing one page and opening another are one request, with the time of one.
  const ctx = { ...outer, gateway: outer.gateway.until(performance.now() + GATEWAY_BUDGET_MS) };
  let beat = await open(ctx, input);
  if (ctx.request.isDryRun) return { url: null, stage: 'NONE', expiresAt: null };
  if (beat.closes === true && beat.operationId !== null) {
    await runOperation(ctx, beat.operationId);
    beat = await open(ctx, { ...input, walletAmount: beat.walletAmount });
    if (beat.closes === true) throw new AppError('payment_in_progress', { retryAfterSeconds: 5 });
  }
  if (beat.operationId !== null)
    await (beat.isElsewhere === true ? awaitOperation : runOperation)(ctx, beat.operationId);
  return beat.paymentId === null ? (beat.kept ?? PAID_BY_WALLET) : answer(ctx, beat.paymentId);
}

const PAID_BY_WALLET: PaymentSession = { url: null, stage: 'CAPTURED', expiresAt: null };

/** Decides what is to be paid, and how; what a wallet pays alone is paid by it. */
async function open(ctx: Context, input: SessionRequest): Promise<FirstBeat> {
  if ((input.walletAmount ?? 0) === 0) return transaction(ctx, (tx) => openPayment(ctx, tx, input));
  const beat = await logRefusedPayment(ctx, { code: input.code, mode: 'WALLET' }, () =>
    transaction(ctx, async (tx): Promise<FirstBeat> => {
      // A wallet may pay at once, so the same request again must not find the next thing to pay.
      const kept = await takeKey(ctx, tx);
      if (kept === null) return openPayment(ctx, tx, input);
      return { paymentId: null, operationId: null, kept: kept.answer as PaymentSession };
    }),
  );
  if (beat.finalized !== undefined) {
    logFinalized(ctx, { ...beat.finalized, mode: 'WALLET' });
    ctx.nudge();
  }
  return beat;
}

interface FirstBeat {
  /** Null when the wallet has paid all of it. */
  readonly paymentId: string | null;
  /** Null when a page is open already. */
  readonly operationId: string | null;
  /** The operation closes a page that no longer fits. */
  readonly closes?: boolean;
  /** What the wallet is to pay in its place. */
  readonly walletAmount?: number;
  /** Somebody else is making the page at this moment: the first of two clicks, or the drain. */
  readonly isElsewhere?: boolean;
  /** What the wallet has paid, all of it. */
  readonly finalized?: FinalizedPayment;
  /** What the same request was answered before. */
  readonly kept?: PaymentSession;
}

async function openPayment(ctx: Context, tx: Tx, input: SessionRequest): Promise<FirstBeat> {
  const booking = await lockBooking(tx, input);
  const due = amountDue(booking);
  const { purpose } = due;
  await assertNothingInFlight(tx, booking);
  const open = await findCurrentPayment(tx, booking, ['NONE', 'SESSION_CREATED']);
  const walletAmount = Math.min(input.walletAmount ?? Number(open?.walletAmount ?? 0), due.amount);
  const amount = due.amount - walletAmount;
  const isSame =
    open?.purpose === purpose &&
    Number(open.amount) === amount &&
    Number(open.walletAmount) === walletAmount &&
    !(await isClosing(tx, open));
  if (open !== null && isSame) {
    // Its page exists, or is being made: the same request again, under the same key, finds it.
    const making = await tx.gatewayOperation.findFirst({
      where: { paymentId: open.id, kind: 'CREATE_SESSION', state: { in: ['PENDING', 'UNKNOWN'] } },
    });
    if (making === null) return { paymentId: open.id, operationId: null };
    const isElsewhere = !(await leaseOperation(tx, making.id));
    return { paymentId: open.id, operationId: making.id, isElsewhere };
  }
  if (open !== null) {
    // It is for something else: it is closed before another one is opened.
    const { actor } = input;
    const close = { booking, paymentId: open.id, actor, requestId: ctx.request.id, runsAtOnce: true };
    return {
      paymentId: open.id,
      operationId: await requestOperation(tx, { ...close, kind: 'EXPIRE_SESSION' }),
      ...{ closes: true, walletAmount },
    };
  }
  if (amount === 0) return payByWallet(ctx, tx, { booking, walletAmount, actor: input.actor });
  await holdWalletPart(tx, booking, walletAmount);
  const { id: bookingId, propertyId, currency } = booking;
  const payment = { id: randomUUIDv7(), bookingId, propertyId, currency, purpose, amount };
  const part = { walletAmount, isWalletHeld: walletAmount > 0 };
  await tx.payment.create({ data: { ...payment, ...part, provider: 'STRIPE', method: 'CARD', stage: 'NONE' } });
  const returnUrl = `${ctx.config.PUBLIC_URL}/manage`;
  const params = await describeSession(tx, booking, { paymentId: payment.id, amount, returnUrl });
  const { actor } = input;
  const operationId = await requestOperation(tx, {
    ...{ booking, paymentId: payment.id, kind: 'CREATE_SESSION', params: { ...params }, actor },
    ...{ requestId: ctx.request.id, runsAtOnce: true },
  });
  return { paymentId: payment.id, operationId };
}

/** Whether a page is to be closed, and nobody has come to it yet. */
async function isClosing(tx: Tx, { id: paymentId }: Payment): Promise<boolean> {
  const closing = await tx.gatewayOperation.findFirst({
    where: { paymentId, kind: 'EXPIRE_SESSION', state: { in: ['PENDING', 'UNKNOWN'] } },
    select: { id: true },
  });
  return closing !== null;
}

async function payByWallet(
  ctx: Context,
  tx: Tx,
  { booking, walletAmount, actor }: { booking: LockedBooking; walletAmount: number; actor: Actor },
): Promise<FirstBeat> {
  const way = { mode: 'WALLET', payment: null, amount: 0, reason: 'WALLET' } as const;
  const finalized = await finalizePayment(tx, { ...way, booking, walletAmount, actor, requestId: ctx.request.id });
  await keepAnswer(ctx, tx, PAID_BY_WALLET);
  return { paymentId: null, operationId: null, finalized };
}

interface Due {
  readonly purpose: 'BOOKING' | 'BALANCE';
  readonly amount: number;
}

/** What is to be paid now, and what for. */
function amountDue(booking: LockedBooking): Due {
  const due = findDue(booking);
  if (due.amount <= 0) throw new AppError('already_paid');
  return due;
}

function findDue(booking: LockedBooking): Due {
  if (booking.status === 'EXPIRED' || isOverdue(booking)) throw new AppError('hold_expired');
  if (booking.status === 'PENDING_PAYMENT') {
    if (booking.paymentStage === 'AUTHORIZED' || booking.paymentStage === 'CAPTURING') {
      throw new AppError('payment_in_progress', { retryAfterSeconds: 5 });
    }
    return { purpose: 'BOOKING', amount: booking.depositDue - booking.paidAmount };
  }
  // Nobody decided before the authorization lapsed: what made the booking a request is paid again.
  const isLapsed = booking.expiresAt !== null && PAYABLE_AGAIN_STAGES.includes(booking.paymentStage);
  if (booking.status === 'PENDING_APPROVAL' && isLapsed) {
    if (booking.expiresAt <= booking.now) throw new AppError('hold_expired');
    return { purpose: 'BOOKING', amount: booking.depositDue - booking.paidAmount };
  }
  if (booking.status !== 'CONFIRMED' && booking.status !== 'IN_HOUSE') {
    throw new AppError('invalid_transition', {
      detail: `Nothing can be paid for a booking that is ${booking.status}.`,
      extra: { bookingStatus: booking.status },
    });
  }
  return { purpose: 'BALANCE', amount: booking.totalPayable - booking.paidAmount - booking.waivedAmount };
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
    email: customer.email,
    bookingCode: booking.code,
    paymentId: input.paymentId,
    expiresAt: new Date(booking.now.getTime() + SESSION_MINUTES * MINUTE_MS).toISOString(),
    successUrl: input.returnUrl,
    cancelUrl: input.returnUrl,
  };
}

async function answer(ctx: Context, paymentId: string): Promise<PaymentSession> {
  const payment: Payment & { booking: { status: string; expiresAt: Date | null } } =
    await ctx.db.payment.findUniqueOrThrow({
      where: { id: paymentId },
      include: { booking: { select: { status: true, expiresAt: true } } },
    });
  const { booking, sessionUrl: url, stage } = payment;
  if (stage !== 'SESSION_CREATED' || url === null) {
    if (booking.status === 'EXPIRED') throw new AppError('hold_expired');
    throw await explainMissing(ctx, paymentId);
  }
  const isWaiting = booking.status === 'PENDING_PAYMENT' || booking.status === 'PENDING_APPROVAL';
  return {
    url,
    stage,
    expiresAt: isWaiting ? (booking.expiresAt?.toISOString() ?? null) : null,
  };
}

/** Our own word for a request that is no longer made, because it is too old; a new one may well be answered. */
const TOO_OLD = 'too_old_to_repeat';

/** Why there is no page: the gateway will never make it, or has not said. */
async function explainMissing(ctx: Context, paymentId: string): Promise<AppError> {
  const refused = await ctx.db.gatewayOperation.findFirst({
    where: { paymentId, kind: 'CREATE_SESSION', state: 'REFUSED', outcome: { not: TOO_OLD } },
    select: { id: true },
  });
  if (refused === null) {
    const detail = 'The payment page could not be made; try again.';
    return new AppError('gateway_unavailable', { detail, retryAfterSeconds: 5 });
  }
  const detail =
    'The payment gateway refuses this payment, and would again. Pay another part by wallet, or in another way.';
  return new AppError('payment_refused', { detail });
}
