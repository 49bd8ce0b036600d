import { z } from 'zod';
import { AppError } from '../../errors.ts';

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Items per page, at most 200.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the previous page.'),
};

/** Builds the schema of a page; `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Encodes the position after the last row of a page. Opaque to callers. */
export function encodeCursor(position: readonly string[] | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify(position)).toString('base64url');
}

const positionSchema = z.tuple([z.iso.datetime().regex(/^2\d{3}-/), z.uuid()]);

/** Decodes a cursor to the time and id of a row. Throws: validation_failed for a foreign cursor. */
export function readCursor(cursor: string | undefined): { at: string; id: string } | null {
  if (cursor === undefined) return null;
  const parsed = positionSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw invalidCursorError();
  const [at, id] = parsed.data;
  return { at, id };
}

/** Decodes a cursor of numbered rows to the row number. Throws: validation_failed for a foreign cursor. */
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

/** Cuts one page out of a short list that was read completely. */
export function slicePage<T>(
  items: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: T[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : Number(readDigits(cursor, /^\d{1,6}$/));
  const end = start + limit;
  return { items: items.slice(start, end), nextCursor: end < items.length ? encodeCursor([String(end)]) : null };
}

function readDigits(cursor: string, digits: RegExp): string {
  const parsed = z
    .tuple([z.string().regex(digits)])
    .safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw invalidCursorError();
  return parsed.data[0];
}

function invalidCursorError(): AppError {
  return new AppError('validation_failed', { errors: [{ path: 'cursor', message: 'is not a cursor of this list' }] });
}
