import { z } from 'zod';
import { isPlainDate } from '../../domain/time/calendar.ts';

// Fields that mean the same everywhere. Text is refused where the database could not store it: control characters
// (U+0000 above all) and halves of surrogate pairs.

const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const isStorable = (value: string) => !CONTROL_CHARACTERS.test(value) && value.isWellFormed();

/** Human text, trimmed, at least one character. */
export const text = (max: number) =>
  z.string().trim().min(1).max(max).refine(isStorable, 'must not contain control characters');

/** Text to search for. */
export const searchText = z.string().trim().min(1).max(100).refine(isStorable, 'must not contain control characters');

export const plainDate = z
  .string()
  .refine(isPlainDate, 'must be a date that exists, YYYY-MM-DD')
  .refine((date) => date >= '2000-01-01' && date < '2100-01-01', 'must be between 2000 and 2099')
  .meta({ format: 'date', examples: ['2027-05-14'] });

/** Of a year that a property writes: Postgres and JavaScript both know more, and not the same. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => value >= '2000' && value < '2100', 'must be between 2000 and 2099');

/** An amount in minor units; a trillion is more than anybody pays and still an exact number. */
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

/** Adults and children of a stay (at most 10 and 8); numbers in a body, digits in a query. */
export const adults = z.int().min(1).max(10);
export const children = z.int().min(0).max(8);
