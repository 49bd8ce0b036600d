import { z } from 'zod';
import { phone, plainDate, text } from '../../../http/contract/fields.ts';
import type { NewAppointmentBooking } from '../../../services/new-booking/draft-appointment.ts';
import { start } from '../../fields/appointment-fields.ts';
import { bookingName, orEmpty, said } from '../hotelmate/hotelmate-fields.ts';
import { checkPerson, personFields, personOf } from '../person-fields.ts';
import { clockTime, joinStart, looseCode } from '../start-fields.ts';

const whenFields = {
  date: plainDate.optional(),
  time: orEmpty(clockTime).describe('Such as `10:00 AM`, at the spa, as the date is.'),
  startsAt: start.optional().describe('Instead of `date` and `time`.'),
};
const providerFields = {
  provider: orEmpty(looseCode).describe('Whoever is free, when nobody is named.'),
  providerId: orEmpty(looseCode).describe('Another name of `provider`.'),
};

const createFields = {
  service: orEmpty(looseCode),
  serviceSlug: orEmpty(looseCode).describe('Another name of `service`; one of the two.'),
  ...providerFields,
  ...whenFields,
  ...personFields,
  notes: orEmpty(text(2_000)),
};

export const helloGorgeousBooking = z
  .strictObject(createFields)
  .superRefine(checkPerson)
  .superRefine((body, context) => {
    refuseTwoNames(body, ['service', 'serviceSlug'], context);
    refuseTwoNames(body, ['provider', 'providerId'], context);
    if (serviceOf(body) === undefined) complain(context, 'service', 'is needed');
    if (startOf(body) === undefined) complain(context, 'date', 'say date and time, or startsAt');
  })
  .meta({
    examples: [
      {
        ...{ serviceSlug: 'facial', providerId: 'danielle', date: '2027-05-18', time: '10:00 AM' },
        ...{ name: 'Dana Ortiz', email: 'dana@example.com', phone: '+1 630 555 0100' },
      },
    ],
  });

const whichFields = {
  bookingId: bookingName.optional().describe('Its code or its UUID. A guest’s token opens its own without.'),
  id: bookingName.optional().describe('Another name of `bookingId`.'),
};

const whoseFields = {
  phone: orEmpty(phone).describe('From agents alone, who say this or the surname: the guest’s telephone number.'),
  lastName: orEmpty(text(100)).describe('From agents alone: the guest’s surname.'),
  last_name: orEmpty(text(100)).describe('Another name of `lastName`.'),
};

export const helloGorgeousCancellation = z
  .strictObject({ ...whichFields, ...whoseFields, reason: orEmpty(text(500)) })
  .superRefine((body, context) => {
    refuseTwoNames(body, ['lastName', 'last_name'], context);
  })
  .meta({
    examples: [
      { bookingId: 'BK-2027-0042', reason: 'Plans changed' },
      { bookingId: 'BK-2027-0042', phone: '+1 630 555 0100' },
    ],
  });

export const helloGorgeousMove = z
  .strictObject({ ...whichFields, ...whoseFields, ...providerFields, ...whenFields })
  .superRefine((body, context) => {
    refuseTwoNames(body, ['lastName', 'last_name'], context);
    refuseTwoNames(body, ['provider', 'providerId'], context);
    if (startOf(body) === undefined) complain(context, 'date', 'say date and time, or startsAt');
  })
  .meta({
    examples: [
      { bookingId: 'BK-2027-0042', date: '2027-05-19', time: '2:30 PM' },
      { bookingId: 'BK-2027-0042', lastName: 'Ortiz', date: '2027-05-19', time: '2:30 PM' },
    ],
  });

type Created = z.output<typeof helloGorgeousBooking>;
type Moved = z.output<typeof helloGorgeousMove>;

/** The booking as the canonical path would have been asked for it. */
export function toAppointmentOf(body: Created): Omit<NewAppointmentBooking, 'slug' | 'source' | 'payment' | 'actor'> {
  return {
    service: serviceOf(body) ?? '',
    ...destinationOf(body),
    guest: personOf(body),
    specialRequests: said(body.notes) ?? null,
    ...{ adults: 1, children: 0, address: null, zone: null, companions: [], booker: null, promoCode: null },
  };
}

/** When it is to be, and with whom. */
export function destinationOf(body: Created | Moved): { startsAt: string; provider: string | null } {
  return { startsAt: startOf(body) ?? '', provider: said(body.provider) ?? said(body.providerId) ?? null };
}

function serviceOf(body: Pick<Created, 'service' | 'serviceSlug'>): string | undefined {
  return said(body.service) ?? said(body.serviceSlug);
}

/** Undefined when it is not said, or said twice. */
function startOf({ date, time, startsAt }: Pick<Created, 'date' | 'time' | 'startsAt'>): string | undefined {
  const spoken = said(time);
  if (startsAt !== undefined) return date === undefined && spoken === undefined ? startsAt : undefined;
  return date === undefined || spoken === undefined ? undefined : joinStart(date, spoken);
}

function refuseTwoNames<Key extends string>(
  body: { readonly [K in Key]?: string | undefined },
  [name, other]: readonly [Key, Key],
  context: z.core.$RefinementCtx,
): void {
  if (said(body[name]) !== undefined && said(body[other]) !== undefined) {
    complain(context, other, `is another name of ${name}: say one of them`);
  }
}

function complain(context: z.core.$RefinementCtx, path: string, message: string): void {
  context.addIssue({ code: 'custom', path: [path], message });
}
