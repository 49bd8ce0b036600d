import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldText } from '../../src/domain/person/fold-text.ts';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

async function foldInSql(texts: readonly string[]): Promise<string[]> {
  const rows = await database.sql<{ folded: string }>(
    'SELECT fold_text(t) AS folded FROM unnest($1::text[]) WITH ORDINALITY AS x(t, n) ORDER BY n',
    [texts],
  );
  return rows.map(({ folded }) => folded);
}

test('the database knows only ASCII letters, as clusters made by Holdfast do', async () => {
  expect(await database.sql(`SELECT lower('Иван') AS lowered`)).toEqual([{ lowered: 'Иван' }]);
});

test('SQL and TypeScript fold every letter of the scripts with a case alike', async () => {
  const letters = Array.from({ length: 0x2fff }, (_, index) => String.fromCodePoint(index + 1));
  expect(await foldInSql(letters)).toEqual(letters.map(foldText));
});

test('SQL and TypeScript fold generated text alike', async () => {
  const latin = fc.string({ unit: fc.integer({ min: 1, max: 0x24f }).map((code) => String.fromCodePoint(code)) });
  const any = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\u0000'));
  const texts = [...fc.sample(latin, 500), ...fc.sample(any, 500)];
  expect(await foldInSql(texts)).toEqual(texts.map(foldText));
});
