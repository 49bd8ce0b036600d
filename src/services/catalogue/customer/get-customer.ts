import type { Context } from '../../../context.ts';
import type { BookingKind, BookingStatus } from '../../../domain/booking-status.ts';
import { AppError } from '../../../errors.ts';
import { toCustomerDetails } from './customer-details.ts';
import type { CustomerDetails } from './customer-details.ts';

/** Bookings returned with a customer; the list of bookings, filtered by customer, has all. */
const LATEST = 20;

export interface CustomerWithBookings extends CustomerDetails {
  /** The latest first. */
  readonly bookings: readonly {
    readonly code: string;
    readonly kind: BookingKind;
    readonly status: BookingStatus;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly totalPayable: number;
    readonly currency: string;
  }[];
}

/** Reads a customer with the latest bookings. Throws: not_found, also for a customer of another property. */
export async function getCustomer(
  ctx: Context,
  { propertyId, customerId }: { propertyId: string; customerId: string },
): Promise<CustomerWithBookings> {
  const customer = await ctx.db.customer.findFirst({ where: { id: customerId, propertyId } });
  if (customer === null) throw new AppError('not_found', { detail: 'There is no such customer.' });
  const bookings = await ctx.db.booking.findMany({
    where: { customerId },
    select: { code: true, kind: true, status: true, startsAt: true, endsAt: true, totalPayable: true, currency: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: LATEST,
  });
  return {
    ...toCustomerDetails(ctx, customer),
    bookings: bookings.map(({ startsAt, endsAt, totalPayable, ...booking }) => ({
      ...booking,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      totalPayable: Number(totalPayable),
    })),
  };
}
