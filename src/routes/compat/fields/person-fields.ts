import { z } from 'zod';
import type { Contact } from '../../../domain/booking/booking.ts';
import { email, name, phone } from '../../../http/contract/fields.ts';
import { orEmpty, emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';

const fields = {
  name: orEmpty(name(200)).describe('First and last name together; or send both separately.'),
  firstName: orEmpty(name(100)),
  lastName: orEmpty(name(100)),
  first_name: orEmpty(name(100)),
  last_name: orEmpty(name(100)),
  email: orEmpty(email),
  phone: orEmpty(phone),
};
const person = z.strictObject(fields);
type PersonFields = z.output<typeof person>;

/** The customer in the fields of the replaced systems: in the body itself or in a nested object. */
export const personFields = {
  ...fields,
  customer: person
    .optional()
    .describe('The customer as an object with these members; `client` and `guest` are aliases.'),
  client: person.optional(),
  guest: person.optional(),
};
type Body = z.output<z.ZodObject<typeof personFields>>;

/** Adds an issue for each missing part of the customer. */
export function checkPerson(body: Body, context: z.core.$RefinementCtx): void {
  const { firstName, email: mail } = readPerson(body);
  if (firstName === undefined) context.addIssue({ code: 'custom', path: ['name'], message: 'is required' });
  if (mail === undefined) context.addIssue({ code: 'custom', path: ['email'], message: 'is required' });
}

/** Returns the customer of a body that passed `checkPerson`. */
export function personOf(body: Body): Contact {
  const { firstName = '', lastName = '', email: mail = '', phone: number = null } = readPerson(body);
  return { firstName, lastName, email: mail, phone: number };
}

function readPerson(body: Body) {
  const own: PersonFields = body.customer ?? body.client ?? body.guest ?? body;
  const whole = emptyToUndefined(own.name);
  const gap = whole?.lastIndexOf(' ') ?? -1;
  // A person with one name has no last name.
  const [first, last] = gap < 0 ? [whole, undefined] : [whole?.slice(0, gap).trim(), whole?.slice(gap + 1)];
  return {
    firstName: emptyToUndefined(own.firstName) ?? emptyToUndefined(own.first_name) ?? first,
    lastName: emptyToUndefined(own.lastName) ?? emptyToUndefined(own.last_name) ?? last,
    email: emptyToUndefined(own.email),
    phone: emptyToUndefined(own.phone),
  };
}
