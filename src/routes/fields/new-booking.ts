import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BOOKING_SOURCES, PARTY_ROLES } from '../../domain/booking.ts';
import type { NewAppointmentBooking } from '../../services/new-booking/draft-appointment.ts';
import type { NewBooking } from '../../services/new-booking/draft-booking.ts';
import type { NewStayBooking } from '../../services/new-booking/draft-stay.ts';
import { email, phone, searchText, text } from '../../http/contract/fields.ts';
import { appointmentFields, toAppointmentRequest } from './appointment-fields.ts';
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

/** What is asked for, in a quote as in a booking. */
export const wishFields = {
  party: z.array(companion).max(17).default([]).describe('The others who come. The primary guest is `guest`.'),
  specialRequests: text(2_000).optional(),
  promoCode: searchText.optional().describe('Capital or small letters mean the same.'),
  source: z
    .enum(BOOKING_SOURCES)
    .optional()
    .describe('Follows the credential; what is said here counts for staff only.'),
};

/** Who it is for. */
const whoFields = {
  guest: person.describe('The primary guest.'),
  booker: person.optional().describe('Who books, when somebody else does: gets the mail and owns the customer record.'),
};

export const stayWish = { kind: z.literal('STAY'), ...stayFields, ...wishFields };
export const appointmentWish = { kind: z.literal('APPOINTMENT'), ...appointmentFields, ...wishFields };

/** What a new booking is made of, whoever makes it. */
export const newStayFields = { ...stayWish, ...whoFields };
export const newAppointmentFields = { ...appointmentWish, ...whoFields };

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

export const exampleNewAppointment = {
  kind: 'APPOINTMENT',
  service: 'FACIAL',
  startsAt: '2027-05-18T15:00',
  guest: { firstName: 'Dana', lastName: 'Ortiz', email: 'dana@example.com', phone: '+1 312 555 0100' },
};

/** A body that does not say what it books, books a stay. */
export function assumeStay(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const { body } = request;
    if (typeof body !== 'object' || body === null || Array.isArray(body) || 'kind' in body) return;
    if (request.routeOptions.config.booksByKind === true) request.body = { kind: 'STAY', ...body };
  });
}

type Credential = 'slug' | 'source' | 'payment' | 'actor';
type StayBody = Omit<z.output<z.ZodObject<typeof newStayFields>>, 'source'>;
type AppointmentBody = Omit<z.output<z.ZodObject<typeof newAppointmentFields>>, 'source'>;

/** What the body says, without what follows from the credential. */
export function toNewStayBooking(input: StayBody): Omit<NewStayBooking, Credential> {
  const { roomType, checkIn, checkOut, adults, children } = input;
  return { ...toNewBooking(input), roomType, stay: { checkIn, checkOut, adults, children } };
}

/** The same for an appointment. */
export function toNewAppointmentBooking(input: AppointmentBody): Omit<NewAppointmentBooking, Credential> {
  return { ...toNewBooking(input), ...toAppointmentRequest(input) };
}

function toNewBooking(input: StayBody | AppointmentBody): Omit<NewBooking, Credential> {
  const { guest, booker } = input;
  return {
    guest: { ...guest, phone: guest.phone ?? null },
    companions: input.party.map((member) => ({ ...member, email: member.email ?? null, phone: member.phone ?? null })),
    booker: booker === undefined ? null : { ...booker, phone: booker.phone ?? null },
    specialRequests: input.specialRequests ?? null,
    promoCode: input.promoCode ?? null,
  };
}
