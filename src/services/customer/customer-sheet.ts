import type { Context } from '../../context.ts';
import type { Customer } from '../../db/client.ts';
import type { Contact } from '../../domain/booking.ts';
import { unseal } from '../secrets/sealing.ts';

/** Somebody who books with the property: one per e-mail address. */
export interface CustomerSheet extends Contact {
  readonly id: string;
  readonly createdAt: string;
  readonly lastBookedAt: string;
}

/** The customer as staff see them. */
export function toCustomerSheet(ctx: Pick<Context, 'config'>, customer: Customer): CustomerSheet {
  const { id, firstName, lastName, email, phoneSealed } = customer;
  return {
    ...{ id, firstName, lastName, email },
    phone: phoneSealed === null ? null : unseal(ctx.config.ENCRYPTION_KEY, phoneSealed),
    createdAt: customer.createdAt.toISOString(),
    lastBookedAt: customer.lastBookedAt.toISOString(),
  };
}
