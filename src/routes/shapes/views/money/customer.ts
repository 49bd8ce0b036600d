import { z } from 'zod';
import { BOOKING_KINDS, BOOKING_STATUSES } from '../../../../domain/booking-status.ts';
import type { CustomerDetails } from '../../../../services/catalogue/customer/customer-details.ts';
import type { CustomerWithBookings } from '../../../../services/catalogue/customer/get-customer.ts';

const exampleCustomer = {
  id: '0199f0c5-7b7e-7c7a-8d55-0c3a5b1f2c01',
  firstName: 'Aoife',
  lastName: 'Byrne',
  email: 'aoife@example.com',
  phone: '+35315550100',
  createdAt: '2027-05-01T09:00:00.000Z',
  lastBookedAt: '2027-05-01T09:00:00.000Z',
};

/** A customer of the property. */
export const customerView = z
  .object({
    id: z.uuid(),
    firstName: z.string(),
    lastName: z.string(),
    email: z.string().nullable().describe('Null for a guest who is known by telephone only.'),
    phone: z.string().nullable(),
    createdAt: z.string(),
    lastBookedAt: z.string(),
  })
  .meta({ examples: [exampleCustomer] });

export const customerDetailView = customerView
  .extend({
    bookings: z
      .array(
        z.object({
          code: z.string(),
          kind: z.enum(BOOKING_KINDS),
          status: z.enum(BOOKING_STATUSES),
          startsAt: z.string(),
          endsAt: z.string(),
          totalPayable: z.int(),
          currency: z.string(),
        }),
      )
      .describe('The latest 20 bookings.'),
  })
  .meta({
    examples: [
      {
        ...exampleCustomer,
        bookings: [
          {
            code: 'BK-2027-0042',
            kind: 'STAY',
            status: 'CONFIRMED',
            totalPayable: 28900,
            currency: 'EUR',
            startsAt: '2027-05-14T14:00:00.000Z',
            endsAt: '2027-05-16T10:00:00.000Z',
          },
        ],
      },
    ],
  });

export function viewCustomer(customer: CustomerDetails): z.output<typeof customerView> {
  return { ...customer };
}

export function viewCustomerDetail(customer: CustomerWithBookings): z.output<typeof customerDetailView> {
  return { ...customer, bookings: [...customer.bookings] };
}
