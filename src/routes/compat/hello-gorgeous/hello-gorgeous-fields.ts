import { z } from 'zod';
import { phone, plainDate, text } from '../../../http/contract/fields.ts';
import type { NewAppointmentBooking } from '../../../services/selling/new-booking/appointment-booking.ts';
import { start } from '../../shapes/fields/appointment-fields.ts';
import { bookingName, orEmpty, emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';
import { checkPerson, personFields, personOf } from '../fields/person-fields.ts';
import { clockTime, joinStart, looseCode } from '../fields/start-fields.ts';

const whenFields = {
  date: plainDate.optional(),
  time: orEmpty(clockTime).describe('Such as `10:00 AM`. Date and time are local to the spa.'),
  startsAt: start.optional().describe('Replaces `date` and `time`.'),
};
const providerFields = {
  provider: orEmpty(looseCode).describe('Any free provider by default.'),
  providerId: orEmpty(looseCode).describe('Alias of `provider`.'),
};

const createFields = {
  service: orEmpty(looseCode),
  serviceSlug: orEmpty(looseCode).describe('Alias of `service`; one of both is required.'),
  ...providerFields,
  ...whenFields,
  ...personFields,
  notes: orEmpty(text(2_000)),
};

export const helloGorgeousBooking = z
  .strictObject(createFields)
  .superRefine(checkPerson)
  .superRefine((body, context) => {
    rejectBothNames(body, ['service', 'serviceSlug'], context);
    rejectBothNames(body, ['provider', 'providerId'], context);
    if (serviceOf(body) === undefined) addIssue(context, 'service', 'is required');
    if (startOf(body) === undefined) addIssue(context, 'date', 'must be sent with time, or startsAt instead');
  })
  .meta({
    examples: [
      {
        serviceSlug: 'facial',
        providerId: 'danielle',
        date: '2027-05-18',
        time: '10:00 AM',
        name: 'Dana Ortiz',
        email: 'dana@example.com',
        phone: '+1 630 555 0100',
      },
    ],
  });

const bookingIdFields = {
  bookingId: bookingName.optional().describe('The code or UUID of the booking. Guests may leave this out.'),
  id: bookingName.optional().describe('Alias of `bookingId`.'),
};

const guestIdentityFields = {
  phone: orEmpty(phone).describe('Only for agents, who send this or the surname: the guest’s telephone number.'),
  lastName: orEmpty(text(100)).describe('Only for agents: the guest’s surname.'),
  last_name: orEmpty(text(100)).describe('Alias of `lastName`.'),
};

export const helloGorgeousCancellation = z
  .strictObject({ ...bookingIdFields, ...guestIdentityFields, reason: orEmpty(text(500)) })
  .superRefine((body, context) => {
    rejectBothNames(body, ['lastName', 'last_name'], context);
  })
  .meta({
    examples: [
      { bookingId: 'BK-2027-0042', reason: 'Plans changed' },
      { bookingId: 'BK-2027-0042', phone: '+1 630 555 0100' },
    ],
  });

export const helloGorgeousMove = z
  .strictObject({ ...bookingIdFields, ...guestIdentityFields, ...providerFields, ...whenFields })
  .superRefine((body, context) => {
    rejectBothNames(body, ['lastName', 'last_name'], context);
    rejectBothNames(body, ['provider', 'providerId'], context);
    if (startOf(body) === undefined) addIssue(context, 'date', 'must be sent with time, or startsAt instead');
  })
  .meta({
    examples: [
      { bookingId: 'BK-2027-0042', date: '2027-05-19', time: '2:30 PM' },
      { bookingId: 'BK-2027-0042', lastName: 'Ortiz', date: '2027-05-19', time: '2:30 PM' },
    ],
  });

type Created = z.output<typeof helloGorgeousBooking>;
type Moved = z.output<typeof helloGorgeousMove>;

/** Converts the body to the input of the canonical use case. */
export function toAppointmentOf(body: Created): Omit<NewAppointmentBooking, 'slug' | 'source' | 'payment'> {
  return {
    kind: 'APPOINTMENT',
    service: serviceOf(body) ?? '',
    ...destinationOf(body),
    guest: personOf(body),
    specialRequests: emptyToUndefined(body.notes) ?? null,
    adults: 1,
    children: 0,
    address: null,
    zone: null,
    companions: [],
    booker: null,
    promoCode: null,
  };
}

/** Returns the requested start and provider. */
export function destinationOf(body: Created | Moved): { startsAt: string; provider: string | null } {
  return {
    startsAt: startOf(body) ?? '',
    provider: emptyToUndefined(body.provider) ?? emptyToUndefined(body.providerId) ?? null,
  };
}

function serviceOf(body: Pick<Created, 'service' | 'serviceSlug'>): string | undefined {
  return emptyToUndefined(body.service) ?? emptyToUndefined(body.serviceSlug);
}

/** Returns the requested start; undefined when missing or given twice. */
function startOf({ date, time, startsAt }: Pick<Created, 'date' | 'time' | 'startsAt'>): string | undefined {
  const clock = emptyToUndefined(time);
  if (startsAt !== undefined) return date === undefined && clock === undefined ? startsAt : undefined;
  return date === undefined || clock === undefined ? undefined : joinStart(date, clock);
}

function rejectBothNames<Key extends string>(
  body: { readonly [K in Key]?: string | undefined },
  [name, other]: readonly [Key, Key],
  context: z.core.$RefinementCtx,
): void {
  if (emptyToUndefined(body[name]) !== undefined && emptyToUndefined(body[other]) !== undefined) {
    addIssue(context, other, `is an alias of ${name}: send one of both`);
  }
}

function addIssue(context: z.core.$RefinementCtx, path: string, message: string): void {
  context.addIssue({ code: 'custom', path: [path], message });
}
