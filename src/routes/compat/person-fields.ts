import { z } from 'zod';
import type { Contact } from '../../domain/booking.ts';
import { email, phone, text } from '../../http/contract/fields.ts';
import { orEmpty, said } from './hotelmate/hotelmate-fields.ts';

const words = {
  name: orEmpty(text(200)).describe('First and last name in one; or the two apart.'),
  firstName: orEmpty(text(100)),
  lastName: orEmpty(text(100)),
  first_name: orEmpty(text(100)),
  last_name: orEmpty(text(100)),
  email: orEmpty(email),
  phone: orEmpty(phone),
};
const person = z.strictObject(words);
type Words = z.output<typeof person>;

/** Who books, in the words of the systems before us: in the body itself, or in an object of their own. */
export const personFields = {
  ...words,
  customer: person.optional().describe('The same members in an object of their own; also as `client` or `guest`.'),
  client: person.optional(),
  guest: person.optional(),
};
type Body = z.output<z.ZodObject<typeof personFields>>;

/** Refuses a body that does not say who books. */
export function checkPerson(body: Body, context: z.core.$RefinementCtx): void {
  const { firstName, lastName, email: mail } = readPerson(body);
  if (firstName === undefined || lastName === undefined) {
    context.addIssue({ code: 'custom', path: ['name'], message: 'say a first and a last name' });
  }
  if (mail === undefined) context.addIssue({ code: 'custom', path: ['email'], message: 'is needed' });
}

/** Who books; the body was checked by `checkPerson`. */
export function personOf(body: Body): Contact {
  const { firstName = '', lastName = '', email: mail = '', phone: number = null } = readPerson(body);
  return { firstName, lastName, email: mail, phone: number };
}

function readPerson(body: Body) {
  const own: Words = body.customer ?? body.client ?? body.guest ?? body;
  const whole = said(own.name);
  const gap = whole?.lastIndexOf(' ') ?? -1;
  const [first, last] = gap < 0 ? [undefined, undefined] : [whole?.slice(0, gap).trim(), whole?.slice(gap + 1)];
  return {
    firstName: said(own.firstName) ?? said(own.first_name) ?? first,
    lastName: said(own.lastName) ?? said(own.last_name) ?? last,
    email: said(own.email),
    phone: said(own.phone),
  };
}
