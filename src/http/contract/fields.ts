import { z } from 'zod';
import { isPlainDate } from '../../domain/time/calendar.ts';

// Shared field schemas. Text that Postgres cannot store is invalid: control characters, above all U+0000, and lone
// surrogates.

const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const isStorable = (value: string) => !CONTROL_CHARACTERS.test(value) && value.isWellFormed();

/** Builds the schema of trimmed, non-empty text. */
export const text = (max: number) =>
  z.string().trim().min(1).max(max).refine(isStorable, 'must not contain control characters');

/** A search term. */
export const searchText = z.string().trim().min(1).max(100).refine(isStorable, 'must not contain control characters');

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
export const bookingCode = z
  .string()
  .regex(/^BK-\d{4}-\d{4,}$/, 'must be a booking code such as BK-2026-0001')
  .max(30);
export const catalogueCode = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9_-]{0,31}$/, 'must be a code of capital letters, digits, _ and -');
export const roomNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,15}$/, 'must be a room number');

export const email = z.email().max(254);
export const phone = z
  .string()
  .trim()
  .max(32)
  .regex(/^\+?(?:[ ()./-]*\d){5,}[ ()./-]*$/, 'must be a telephone number');

export const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM');

/** Adults and children of a stay. */
export const adults = z.int().min(1).max(10);
export const children = z.int().min(0).max(8);
