import type { Context } from '../../../context.ts';
import type { Customer } from '../../../db/client.ts';
import type { Contact } from '../../../domain/booking/booking.ts';
import { customerPlace } from '../../core/secrets/sealed-columns.ts';
import { unseal } from '../../core/secrets/sealing.ts';

/** A customer of the property: one per e-mail address, or per telephone number for guests without an address. */
export interface CustomerDetails extends Contact {
  readonly id: string;
  readonly createdAt: string;
  readonly lastBookedAt: string;
}

/** Decrypts a customer's row for staff. */
export function toCustomerDetails(ctx: Pick<Context, 'config'>, customer: Customer): CustomerDetails {
  const { id, firstName, lastName, email, phoneSealed } = customer;
  return {
    id,
    firstName,
    lastName,
    email,
    phone: phoneSealed === null ? null : unseal(ctx.config.ENCRYPTION_KEY, phoneSealed, customerPlace(customer)),
    createdAt: customer.createdAt.toISOString(),
    lastBookedAt: customer.lastBookedAt.toISOString(),
  };
}
