import { z } from 'zod';
import { AppError } from '../../errors.ts';

/** Query members of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many to answer, at most 200.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
};

/** A page of things, and where the next one begins; null on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Spells the place after the last row of a page. Opaque to callers. */
export function spellCursor(place: readonly string[] | null): string | null {
  return place === null ? null : Buffer.from(JSON.stringify(place)).toString('base64url');
}

const placeSchema = z.tuple([z.iso.datetime().regex(/^2\d{3}-/), z.uuid()]);

/** The place a cursor stands for. Throws: validation_failed for anything that is not one of ours. */
export function readCursor(cursor: string | undefined): { at: string; id: string } | null {
  if (cursor === undefined) return null;
  const parsed = placeSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw foreignCursor();
  const [at, id] = parsed.data;
  return { at, id };
}

/** The row a cursor of numbered rows stands for, in digits. Throws: validation_failed for anything that is not one of ours. */
export function readRowCursor(cursor: string | undefined): string | null {
  return cursor === undefined ? null : readDigits(cursor, /^\d{1,18}$/);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One page of a list that is short by nature and was read whole. */
export function slicePage<T>(
  items: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: T[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : Number(readDigits(cursor, /^\d{1,6}$/));
  const end = start + limit;
  return { items: items.slice(start, end), nextCursor: end < items.length ? spellCursor([String(end)]) : null };
}

function readDigits(cursor: string, digits: RegExp): string {
  const parsed = z
    .tuple([z.string().regex(digits)])
    .safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw foreignCursor();
  return parsed.data[0];
}

function foreignCursor(): AppError {
  return new AppError('validation_failed', { errors: [{ path: 'cursor', message: 'is not a cursor of this list' }] });
}
