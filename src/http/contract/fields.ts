import { z } from 'zod';
import { cleanEmail, isEmail } from '../../domain/person/email.ts';
import { cleanName } from '../../domain/person/name.ts';
import { cleanPhone, isPhone } from '../../domain/person/phone.ts';
import { isPlainLine, isPlainText, isVisible } from '../../domain/person/visible-text.ts';
import { isPlainDate } from '../../domain/time/calendar.ts';

// Shared field schemas. Text that Postgres cannot store is invalid: control characters, above all U+0000, and lone
// surrogates. So is text that a reader sees in another order than it is stored, or does not see at all.

const PLAIN = 'must not contain control characters, or characters that turn the direction of text';
const VISIBLE = 'must contain a visible character';
/** Empty text has an issue of its own. */
const isSeen = (value: string) => value === '' || isVisible(value);

/** Builds the schema of trimmed text of one or more lines, with a visible character. */
export const text = (max: number) =>
  z.string().trim().normalize('NFC').min(1).max(max).refine(isPlainText, PLAIN).refine(isSeen, VISIBLE);

/** Builds the schema of a name: one line, with a visible character. */
export const name = (max: number) =>
  z
    .string()
    .overwrite(cleanName)
    .min(1)
    .max(max)
    .refine(isPlainLine, `${PLAIN}, or line breaks`)
    .refine(isSeen, VISIBLE);

/** A person's last name; empty for a person with one name. */
export const lastName = z
  .string()
  .overwrite(cleanName)
  .max(100)
  .refine(isPlainLine, `${PLAIN}, or line breaks`)
  .default('')
  .describe('Empty for a person with one name.');

/** A search term. */
export const searchText = z.string().trim().min(1).max(100).refine(isPlainText, PLAIN);

export const plainDate = z
  .string()
  .refine(isPlainDate, { error: 'must be an existing date, YYYY-MM-DD', abort: true })
  .refine((date) => date >= '2000-01-01' && date < '2100-01-01', 'must be between 2000 and 2099')
  .meta({ format: 'date', examples: ['2027-05-14'] });

/** An instant between 2000 and 2099: Postgres and JavaScript support different ranges beyond. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => value >= '2000' && value < '2100', 'must be between 2000 and 2099');

/** An amount in minor units. A trillion exceeds every price and is still an exact JavaScript number. */
export const minorUnits = z.int().min(0).max(1_000_000_000_000);

export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a property slug');
/** Codes are accepted in any case and with spaces around them, and are capital letters from here on. */
export const bookingCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[Bb][Kk]-\d{4}-\d{4,}$/, 'must be a booking code such as BK-2026-0001')
  .max(30);
export const catalogueCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be a code of letters, digits, _ and -');
export const roomNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,15}$/, 'must be a room number');

export const email = z
  .string()
  .overwrite(cleanEmail)
  .max(254)
  .refine(isEmail, 'must be an e-mail address')
  .meta({ format: 'email' });
export const phone = z.string().overwrite(cleanPhone).max(48).refine(isPhone, 'must be a telephone number');

export const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM');

/** Adults and children of a stay. */
export const adults = z.int().min(1).max(10);
export const children = z.int().min(0).max(8);
