import { z } from 'zod';
import { BOOKING_SOURCES, PARTY_ROLES } from '../../domain/booking.ts';
import type { NewStayBooking } from '../../services/new-booking/draft-stay.ts';
import { email, phone, searchText, text } from '../../http/fields.ts';
import { stayFields } from './stay-fields.ts';

const person = z.strictObject({ firstName: text(100), lastName: text(100), email, phone: phone.optional() });

const companion = z.strictObject({
  role: z.enum(PARTY_ROLES).exclude(['PRIMARY']),
  firstName: text(100),
  lastName: text(100),
  email: email.optional(),
  phone: phone.optional(),
  isStaying: z.boolean().default(true),
});

/** What a new stay is made of, whoever makes it. */
export const newBookingFields = {
  kind: z.literal('STAY').default('STAY'),
  ...stayFields,
  guest: person.describe('The primary guest.'),
  party: z.array(companion).max(17).default([]).describe('The others who come. The primary guest is `guest`.'),
  booker: person.optional().describe('Who books, when somebody else does: gets the mail and owns the customer record.'),
  specialRequests: text(2_000).optional(),
  promoCode: searchText.optional(),
  source: z
    .enum(BOOKING_SOURCES)
    .optional()
    .describe('Follows the credential; what is said here counts for staff only.'),
};

export const exampleNewBooking = {
  kind: 'STAY',
  roomType: 'SUITE',
  checkIn: '2027-05-14',
  checkOut: '2027-05-16',
  adults: 2,
  children: 0,
  guest: { firstName: 'Aoife', lastName: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' },
  specialRequests: 'A quiet room, please',
};

/** What the body says, without what follows from the credential. */
export function toNewStayBooking(
  input: z.output<z.ZodObject<typeof newBookingFields>>,
): Omit<NewStayBooking, 'slug' | 'source' | 'payment' | 'actor'> {
  const { roomType, checkIn, checkOut, adults, children, guest, booker } = input;
  return {
    roomType,
    stay: { checkIn, checkOut, adults, children },
    guest: { ...guest, phone: guest.phone ?? null },
    companions: input.party.map((member) => ({ ...member, email: member.email ?? null, phone: member.phone ?? null })),
    booker: booker === undefined ? null : { ...booker, phone: booker.phone ?? null },
    specialRequests: input.specialRequests ?? null,
    promoCode: input.promoCode ?? null,
  };
}
