import { z } from 'zod';
import { PARTY_ROLES } from '../../../domain/booking/booking.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { MAX_NIGHTS } from '../../../domain/availability/stay.ts';
import type { StayRequest } from '../../../domain/availability/stay.ts';
import {
  adults,
  bookingCode,
  catalogueCode,
  children,
  email,
  lastName,
  name,
  phone,
  plainDate,
  searchText,
  text,
} from '../../../http/contract/fields.ts';
import { toNewStayBooking } from '../../shapes/fields/new-booking.ts';
import { stayQueryFields } from '../../shapes/fields/stay-fields.ts';

/** Accepts an empty string: HotelMate's forms send empty fields as ''. `emptyToUndefined` reads '' as absent. */
export const orEmpty = <Field extends z.ZodType>(field: Field) => field.or(z.literal('')).optional();

/** Returns undefined for an empty string. */
export function emptyToUndefined<T>(value: T | '' | undefined): T | undefined {
  return value === '' ? undefined : value;
}

/** A booking in a HotelMate path. Other text fails validation before any query. */
export const bookingName = z
  .string()
  .max(40)
  .refine(
    (name) => bookingCode.safeParse(name).success || z.uuid().safeParse(name).success,
    'must be a booking code such as BK-2026-0001, or the id of a booking',
  )
  .describe('The code of the booking, or its UUID.');

const nights = { check_in: plainDate, check_out: plainDate };

/** Nights and guests of a stay in a query string. */
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
  room_type_code: catalogueCode.optional().describe('Alias of `room_type`; one of both is required.'),
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

const companion = z.strictObject({
  role: z.enum(PARTY_ROLES).exclude(['PRIMARY']).default('COMPANION'),
  first_name: name(100),
  last_name: lastName,
  email: orEmpty(email),
  phone: orEmpty(phone),
  is_staying: z.boolean().default(true),
});

const primary = {
  primary_first_name: name(100).optional(),
  primary_last_name: lastName.optional(),
  primary_email: email.optional(),
  primary_phone: orEmpty(phone),
};
const booker = {
  booker_first_name: orEmpty(name(100)),
  booker_last_name: orEmpty(name(100)),
  booker_email: orEmpty(email),
  booker_phone: orEmpty(phone),
};
const PERSON = ['first_name', 'email'] as const;

const bookingFields = {
  ...stayFields,
  guest: z
    .strictObject({ first_name: name(100), last_name: lastName, email, phone: orEmpty(phone) })
    .optional()
    .describe('The primary guest; alternatively the `primary_…` members, never both.'),
  ...primary,
  booker_type: z.enum(['SELF', 'THIRD_PARTY']).default('SELF'),
  ...booker,
  party: z.array(companion).max(17).default([]).describe('The other guests, without the primary guest.'),
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
        room_type: 'SUITE',
        ...exampleNights,
        guest: { first_name: 'Aoife', last_name: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' },
        special_requests: 'A quiet room, please',
      },
      {
        room_type_code: 'SUITE',
        ...exampleNights,
        primary_first_name: 'Aoife',
        primary_last_name: 'Byrne',
        primary_email: 'aoife@example.com',
      },
    ],
  });

/** A cancellation, with its reason under either of HotelMate's names. */
export const hotelmateCancellation = z
  .strictObject({ reason: orEmpty(text(500)), cancellation_reason: orEmpty(text(500)) })
  .superRefine(({ reason, cancellation_reason: other }, context) => {
    if (emptyToUndefined(reason) !== undefined && emptyToUndefined(other) !== undefined)
      addDuplicateIssue(context, 'cancellation_reason', 'reason');
  })
  .meta({ examples: [{ reason: 'Guest called' }] });

type Issues = z.core.$RefinementCtx;

function addIssue(context: Issues, member: string, message: string): void {
  context.addIssue({ code: 'custom', path: [member], message });
}

function addDuplicateIssue(context: Issues, member: string, other: string): void {
  addIssue(context, member, `must not be sent together with ${other}, which has the same meaning`);
}

function checkNights(stay: { check_in: string; check_out: string }, context: Issues): void {
  const count = countDays(stay.check_in, stay.check_out);
  if (count < 1) addIssue(context, 'check_out', 'must be after check_in');
  if (count > MAX_NIGHTS) {
    addIssue(context, 'check_out', `must be at most ${String(MAX_NIGHTS)} nights after check_in`);
  }
}

function checkStay(body: z.output<z.ZodObject<typeof stayFields>>, context: Issues): void {
  checkNights(body, context);
  const { room_type: roomType, room_type_code: other } = body;
  if (roomType === undefined && other === undefined) addIssue(context, 'room_type', 'is required, or room_type_code');
  if (roomType !== undefined && other !== undefined) addDuplicateIssue(context, 'room_type_code', 'room_type');
}

/** Requires one primary guest, and a booker exactly for THIRD_PARTY bookings. */
function checkPersons(body: HotelmateBooking, context: Issues): void {
  const given = (Object.keys(primary) as (keyof typeof primary)[]).filter(
    (member) => emptyToUndefined(body[member]) !== undefined,
  );
  if (body.guest !== undefined) for (const member of given) addDuplicateIssue(context, member, 'guest');
  else if (given.length === 0)
    addIssue(context, 'guest', 'is required, or primary_first_name, primary_last_name and primary_email');
  else requirePerson(body, 'primary', context);
  if (body.booker_type === 'THIRD_PARTY') requirePerson(body, 'booker', context);
  else {
    for (const member of Object.keys(booker) as (keyof typeof booker)[]) {
      if (emptyToUndefined(body[member]) !== undefined)
        addIssue(context, member, 'is allowed only with booker_type THIRD_PARTY');
    }
  }
}

function requirePerson(body: HotelmateBooking, who: 'primary' | 'booker', context: Issues): void {
  for (const part of PERSON) {
    if (emptyToUndefined(body[`${who}_${part}`]) === undefined) addIssue(context, `${who}_${part}`, 'is required');
  }
}

export function roomTypeOf(body: z.output<z.ZodObject<typeof stayFields>>): string {
  return requireMember(body.room_type ?? body.room_type_code);
}

export function toStayRequest(stay: z.output<typeof hotelmateSearch | typeof hotelmateQuote>): StayRequest {
  const { check_in: checkIn, check_out: checkOut } = stay;
  return { checkIn, checkOut, adults: stay.adults, children: stay.children };
}

/** Converts the body to the input of the canonical use case. */
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
      return {
        role,
        firstName,
        lastName,
        email: emptyToUndefined(address),
        phone: emptyToUndefined(telephone),
        isStaying,
      };
    }),
    specialRequests: emptyToUndefined(body.special_requests),
    promoCode: emptyToUndefined(body.promo_code),
  });
}

type Person = Partial<Readonly<Record<(typeof PERSON)[number] | 'last_name' | 'phone', string | undefined>>>;

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
    firstName: requireMember(person.first_name),
    lastName: person.last_name ?? '',
    email: requireMember(person.email),
    phone: emptyToUndefined(person.phone),
  };
}

/** Returns a member that the schema guarantees. */
function requireMember<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Bug: a member that the schema lets be absent');
  return value;
}
