import type { Context } from '../../../../context.ts';
import { AppError } from '../../../../errors.ts';
import type { Finalization, FinalizedPayment } from './finalize-payment.ts';

/** Logs a finalized payment and its wallet part, after the commit. */
export function logFinalized(
  ctx: Pick<Context, 'log' | 'request'>,
  finalized: FinalizedPayment & { readonly mode: Finalization['mode'] },
): void {
  if (finalized.status !== 'FINALIZED' || ctx.request?.isDryRun === true) return;
  const { bookingCode: code, newStatus: status, mode, finalAmount, walletDeducted, gatewayCharged } = finalized;
  const line = { code, status, mode, requestId: ctx.request?.id ?? null };
  if (walletDeducted > 0) {
    ctx.log.info({ event: 'WALLET_DEDUCTED', ...line, amount: walletDeducted }, 'WALLET_DEDUCTED');
  }
  const amounts = { amount: finalAmount, walletDeducted, gatewayCharged };
  ctx.log.info({ event: 'PAYMENT_FINALIZE_SUCCESS', ...line, ...amounts }, 'PAYMENT_FINALIZE_SUCCESS');
}

/** Runs work that finalizes a payment, and logs the reason of a refusal. */
export async function logRefusedPayment<T>(
  ctx: Pick<Context, 'log' | 'request'>,
  fields: { readonly code: string; readonly mode: Finalization['mode'] },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const outcome = error instanceof AppError ? error.code : 'internal_error';
    const line = { event: 'PAYMENT_FINALIZE_ERROR', ...fields, outcome, requestId: ctx.request?.id ?? null };
    ctx.log.warn(line, 'PAYMENT_FINALIZE_ERROR');
    throw error;
  }
}
