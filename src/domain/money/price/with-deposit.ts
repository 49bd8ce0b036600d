import type { Minor } from '../money.ts';
import type { Price } from './price.ts';

/** Changes the deposit of a price; the rest of the total becomes the balance. */
export function withDeposit(price: Price, depositDue: Minor): Price {
  return {
    ...price,
    depositDue,
    balanceDue: price.totalPayable - depositDue,
    walletApplied: 0,
    gatewayPayable: depositDue,
  };
}
