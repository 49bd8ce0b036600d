import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BOOKING_SOURCES, PARTY_ROLES } from '../../../domain/booking/booking.ts';
import type { Contact } from '../../../domain/booking/booking.ts';
import type { NewAppointmentBooking } from '../../../services/selling/new-booking/appointment-booking.ts';
import type { NewBooking } from '../../../services/selling/new-booking/draft-booking.ts';
import type { NewStayBooking } from '../../../services/selling/new-booking/stay-booking.ts';
import { email, lastName, name, phone, searchText, text } from '../../../http/contract/fields.ts';
import { appointmentFields, toAppointmentRequest } from './appointment-fields.ts';
import { stayFields } from './stay-fields.ts';

const person = z.strictObject({ firstName: name(100), lastName, email, phone: phone.optional() });

/** A person whom staff or an agent talks to. */
const personAtHand = z
  .strictObject({
    firstName: name(100),
    lastName,
    email: email.optional().describe('Required without a telephone number. Without it, no messages are sent.'),
    phone: phone.optional(),
  })
  .superRefine(requireContact);

/** Adds an issue for a person with neither an e-mail address nor a telephone number. */
export function requireContact(
  contact: { readonly email?: string | undefined; readonly phone?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (contact.email !== undefined || contact.phone !== undefined) return;
  context.addIssue({ code: 'custom', path: ['email'], message: 'is required, or a telephone number' });
}

const companion = z.strictObject({
  role: z.enum(PARTY_ROLES).exclude(['PRIMARY']),
  firstName: name(100),
  lastName,
  email: email.optional(),
  phone: phone.optional(),
  isStaying: z.boolean().default(true),
});

/** Fields shared by quotes and new bookings. */
export const requestFields = {
  party: z
    .array(companion)
    .max(17)
    .default([])
    .describe(
      'The other guests. The primary guest is `guest`. `adults` and `children` must include everybody who stays.',
    ),
  specialRequests: text(2_000).optional(),
  promoCode: searchText.optional().describe('Case-insensitive.'),
  source: z
    .enum(BOOKING_SOURCES)
    .optional()
    .describe('Only staff may choose the source; for other callers the credential decides.'),
};

/** The persons of a new booking. */
const guestFields = {
  guest: person.describe('The primary guest.'),
  booker: person
    .optional()
    .describe('The person who books for the guest. Receives the messages and owns the customer record.'),
};
/** The persons of a booking that staff make. */
export const guestAtHandFields = {
  guest: personAtHand.describe(guestFields.guest.description ?? ''),
  booker: personAtHand.optional().describe(guestFields.booker.description ?? ''),
};

export const stayRequestFields = { kind: z.literal('STAY'), ...stayFields, ...requestFields };
export const appointmentRequestFields = { kind: z.literal('APPOINTMENT'), ...appointmentFields, ...requestFields };

/** Fields of a new booking, for guests and staff. */
export const newStayFields = { ...stayRequestFields, ...guestFields };
export const newAppointmentFields = { ...appointmentRequestFields, ...guestFields };

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

/** Sets `kind` to STAY in bodies without `kind`. */
export function assumeStay(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const { body } = request;
    if (typeof body !== 'object' || body === null || Array.isArray(body) || 'kind' in body) return;
    if (request.routeOptions.config.booksByKind === true) request.body = { kind: 'STAY', ...body };
  });
}

type Credential = 'slug' | 'source' | 'payment';
type Persons = z.output<z.ZodObject<typeof guestAtHandFields>>;
type StayBody = Omit<z.output<z.ZodObject<typeof stayRequestFields>>, 'source'> & Persons;
type AppointmentBody = Omit<z.output<z.ZodObject<typeof appointmentRequestFields>>, 'source'> & Persons;

/** Converts the body to the use case's input, without the members that the credential decides. */
export function toNewStayBooking(input: StayBody): Omit<NewStayBooking, Credential> {
  const { kind, roomType, checkIn, checkOut, adults, children } = input;
  return { ...toNewBooking(input), kind, roomType, stay: { checkIn, checkOut, adults, children } };
}

/** Converts the body of an appointment likewise. */
export function toNewAppointmentBooking(input: AppointmentBody): Omit<NewAppointmentBooking, Credential> {
  return { ...toNewBooking(input), kind: input.kind, ...toAppointmentRequest(input) };
}

function toNewBooking(input: StayBody | AppointmentBody): Omit<NewBooking, Credential | 'kind'> {
  const { guest, booker } = input;
  return {
    guest: toContact(guest),
    companions: input.party.map((member) => ({ ...member, email: member.email ?? null, phone: member.phone ?? null })),
    booker: booker === undefined ? null : toContact(booker),
    specialRequests: input.specialRequests ?? null,
    promoCode: input.promoCode ?? null,
  };
}

/** Converts a person of a body; an absent e-mail address or telephone number is null. */
export function toContact(person: z.output<typeof personAtHand>): Contact {
  return { ...person, email: person.email ?? null, phone: person.phone ?? null };
}
