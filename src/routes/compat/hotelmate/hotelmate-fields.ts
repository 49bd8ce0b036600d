import { z } from 'zod';
import { PARTY_ROLES } from '../../../domain/booking.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { MAX_NIGHTS } from '../../../domain/availability/stay.ts';
import type { StayRequest } from '../../../domain/availability/stay.ts';
import {
  adults,
  bookingCode,
  catalogueCode,
  children,
  email,
  phone,
  plainDate,
  searchText,
  text,
} from '../../../http/contract/fields.ts';
import { toNewStayBooking } from '../../fields/new-booking.ts';
import { stayQueryFields } from '../../fields/stay-fields.ts';

/** HotelMate's forms send what nobody filled in as an empty text; `said` reads it as absent. */
export const orEmpty = <Field extends z.ZodType>(field: Field) => field.or(z.literal('')).optional();

export function said<T>(value: T | '' | undefined): T | undefined {
  return value === '' ? undefined : value;
}

/** Where HotelMate has a booking in its paths. Other texts are refused before the database is asked. */
export const bookingName = z
  .string()
  .max(40)
  .refine(
    (name) => bookingCode.safeParse(name).success || z.uuid().safeParse(name).success,
    'must be a booking code such as BK-2026-0001, or the id of a booking',
  )
  .describe('The code of the booking, or its UUID.');

const nights = { check_in: plainDate, check_out: plainDate };

/** The nights and persons of a stay in a query string. */
export const hotelmateSearch = z
  .strictObject({
    ...nights,
    adults: stayQueryFields.adults,
    children: stayQueryFields.children,
    promo_code: orEmpty(searchText),
  })
  .superRefine(checkNights);

const stayFields = {
  room_type: catalogueCode.optional(),
  room_type_code: catalogueCode.optional().describe('Another name of `room_type`; one of the two.'),
  ...nights,
  adults: adults.default(2),
  children: children.default(0),
  promo_code: orEmpty(searchText),
};

const exampleNights = { check_in: '2027-05-14', check_out: '2027-05-16', adults: 2, children: 0 };

export const hotelmateQuote = z
  .strictObject(stayFields)
  .superRefine(checkStay)
  .meta({ examples: [{ room_type: 'SUITE', ...exampleNights }] });

const name = text(100);
const companion = z.strictObject({
  role: z.enum(PARTY_ROLES).exclude(['PRIMARY']).default('COMPANION'),
  first_name: name,
  last_name: name,
  email: orEmpty(email),
  phone: orEmpty(phone),
  is_staying: z.boolean().default(true),
});

const primary = {
  primary_first_name: name.optional(),
  primary_last_name: name.optional(),
  primary_email: email.optional(),
  primary_phone: orEmpty(phone),
};
const booker = {
  booker_first_name: orEmpty(name),
  booker_last_name: orEmpty(name),
  booker_email: orEmpty(email),
  booker_phone: orEmpty(phone),
};
const PERSON = ['first_name', 'last_name', 'email'] as const;

const bookingFields = {
  ...stayFields,
  guest: z
    .strictObject({ first_name: name, last_name: name, email, phone: orEmpty(phone) })
    .optional()
    .describe('The primary guest; or the same in the `primary_…` members, never both.'),
  ...primary,
  booker_type: z.enum(['SELF', 'THIRD_PARTY']).default('SELF'),
  ...booker,
  party: z.array(companion).max(17).default([]).describe('The others who come, without the primary guest.'),
  special_requests: orEmpty(text(2_000)),
};
type HotelmateBooking = z.output<z.ZodObject<typeof bookingFields>>;

export const hotelmateBooking = z
  .strictObject(bookingFields)
  .superRefine(checkStay)
  .superRefine(checkPersons)
  .meta({
    examples: [
      {
        ...{ room_type: 'SUITE', ...exampleNights },
        guest: { first_name: 'Aoife', last_name: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' },
        special_requests: 'A quiet room, please',
      },
      {
        ...{ room_type_code: 'SUITE', ...exampleNights },
        ...{ primary_first_name: 'Aoife', primary_last_name: 'Byrne', primary_email: 'aoife@example.com' },
      },
    ],
  });

/** The reason of a cancellation, under either of the names HotelMate has for it. */
export const hotelmateCancellation = z
  .strictObject({ reason: orEmpty(text(500)), cancellation_reason: orEmpty(text(500)) })
  .superRefine(({ reason, cancellation_reason: other }, context) => {
    if (said(reason) !== undefined && said(other) !== undefined) refuseBeside(context, 'cancellation_reason', 'reason');
  })
  .meta({ examples: [{ reason: 'Guest called' }] });

type Issues = z.core.$RefinementCtx;

function refuse(context: Issues, member: string, message: string): void {
  context.addIssue({ code: 'custom', path: [member], message });
}

function refuseBeside(context: Issues, member: string, other: string): void {
  refuse(context, member, `must not be given beside ${other}: it says the same`);
}

function checkNights(stay: { check_in: string; check_out: string }, context: Issues): void {
  const count = countDays(stay.check_in, stay.check_out);
  if (count < 1) refuse(context, 'check_out', 'must be after check_in');
  if (count > MAX_NIGHTS) {
    refuse(context, 'check_out', `must be at most ${String(MAX_NIGHTS)} nights after check_in`);
  }
}

function checkStay(body: z.output<z.ZodObject<typeof stayFields>>, context: Issues): void {
  checkNights(body, context);
  const { room_type: roomType, room_type_code: other } = body;
  if (roomType === undefined && other === undefined) refuse(context, 'room_type', 'is needed, or room_type_code');
  if (roomType !== undefined && other !== undefined) refuseBeside(context, 'room_type_code', 'room_type');
}

/** One primary guest, said once; a booker exactly where somebody else books. */
function checkPersons(body: HotelmateBooking, context: Issues): void {
  const given = (Object.keys(primary) as (keyof typeof primary)[]).filter((member) => said(body[member]) !== undefined);
  if (body.guest !== undefined) for (const member of given) refuseBeside(context, member, 'guest');
  else if (given.length === 0)
    refuse(context, 'guest', 'is needed, or primary_first_name, primary_last_name and primary_email');
  else requirePerson(body, 'primary', context);
  if (body.booker_type === 'THIRD_PARTY') requirePerson(body, 'booker', context);
  else {
    for (const member of Object.keys(booker) as (keyof typeof booker)[]) {
      if (said(body[member]) !== undefined) refuse(context, member, 'is only known with booker_type THIRD_PARTY');
    }
  }
}

function requirePerson(body: HotelmateBooking, who: 'primary' | 'booker', context: Issues): void {
  for (const part of PERSON) {
    if (said(body[`${who}_${part}`]) === undefined) refuse(context, `${who}_${part}`, 'is needed');
  }
}

export function roomTypeOf(body: z.output<z.ZodObject<typeof stayFields>>): string {
  return known(body.room_type ?? body.room_type_code);
}

export function toStayRequest(stay: z.output<typeof hotelmateSearch | typeof hotelmateQuote>): StayRequest {
  const { check_in: checkIn, check_out: checkOut } = stay;
  return { checkIn, checkOut, adults: stay.adults, children: stay.children };
}

/** The booking the body asks for, as the canonical path would have it. */
export function toCanonicalBooking(body: HotelmateBooking): ReturnType<typeof toNewStayBooking> {
  const { party, guest } = body;
  return toNewStayBooking({
    kind: 'STAY',
    roomType: roomTypeOf(body),
    ...toStayRequest(body),
    guest: toContact(guest ?? pickPerson(body, 'primary')),
    booker: body.booker_type === 'THIRD_PARTY' ? toContact(pickPerson(body, 'booker')) : undefined,
    party: party.map(({ role, first_name: firstName, last_name: lastName, ...member }) => {
      const { email: address, phone: telephone, is_staying: isStaying } = member;
      return { role, firstName, lastName, email: said(address), phone: said(telephone), isStaying };
    }),
    specialRequests: said(body.special_requests),
    promoCode: said(body.promo_code),
  });
}

type Person = Partial<Readonly<Record<(typeof PERSON)[number] | 'phone', string | undefined>>>;

function pickPerson(body: HotelmateBooking, who: 'primary' | 'booker'): Person {
  return {
    first_name: body[`${who}_first_name`],
    last_name: body[`${who}_last_name`],
    email: body[`${who}_email`],
    phone: body[`${who}_phone`],
  };
}

function toContact(person: Person) {
  return {
    firstName: known(person.first_name),
    lastName: known(person.last_name),
    email: known(person.email),
    phone: said(person.phone),
  };
}

/** What the schema has seen to. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Bug: a member that the schema lets be absent');
  return value;
}
