import type { Context } from '../../context.ts';
import type { BookingKind, BookingStatus } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import { toCustomerSheet } from './customer-sheet.ts';
import type { CustomerSheet } from './customer-sheet.ts';

/** So many of the latest bookings are shown with a customer; the list of bookings has all of them. */
const LATEST = 20;

export interface CustomerDetail extends CustomerSheet {
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

/** One customer with what they booked last. Throws: not_found, also for another property's. */
export async function getCustomer(
  ctx: Context,
  { propertyId, customerId }: { propertyId: string; customerId: string },
): Promise<CustomerDetail> {
  const customer = await ctx.db.customer.findFirst({ where: { id: customerId, propertyId } });
  if (customer === null) throw new AppError('not_found', { detail: 'There is no such customer.' });
  const bookings = await ctx.db.booking.findMany({
    where: { customerId },
    select: { code: true, kind: true, status: true, startsAt: true, endsAt: true, totalPayable: true, currency: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: LATEST,
  });
  return {
    ...toCustomerSheet(ctx, customer),
    bookings: bookings.map(({ startsAt, endsAt, totalPayable, ...booking }) => ({
      ...booking,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      totalPayable: Number(totalPayable),
    })),
  };
}
