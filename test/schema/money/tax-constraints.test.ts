import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LINE_KINDS } from '../../../src/domain/money/price/price-line.ts';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises of tax rules, whoever writes them: here a stranger to the application.

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

const ruleWith = (row: Row) => {
  const usual = { property_id: stranger.propertyId, name: 'Tax', is_inclusive: false, rate_bps: 500, exempt_kinds: [] };
  return refusalOf(stranger.insert('tax_rules', { id: randomUUID(), code: randomUUID(), ...usual, ...row }));
};

test.each([
  [{}, 'accepted'],
  [{ rate_bps: -1 }, 'tax_rules_amounts_valid'],
  [{ rate_bps: 10_000 }, 'accepted'],
  [{ rate_bps: 10_001 }, 'tax_rules_amounts_valid'],
  [{ amount: -1 }, 'tax_rules_amounts_valid'],
  [{ max_nights: 0 }, 'tax_rules_max_nights_valid'],
  [{ max_nights: 366 }, 'tax_rules_max_nights_valid'],
  [{ max_nights: 7, basis: 'FLAT_PER_ADULT_NIGHT' }, 'accepted'],
  [{ valid_from: '2027-05-01', valid_to: '2027-05-01' }, 'accepted'],
  [{ valid_from: '2027-05-02', valid_to: '2027-05-01' }, 'tax_rules_dates_valid'],
  [{ exempt_kinds: null }, 'tax_rules_exempt_kinds_known'],
  [{ exempt_kinds: ['TRAVEL', 'NIGHT'] }, 'accepted'],
  [{ exempt_kinds: ['TRAVEL', 'TIPS'] }, 'tax_rules_exempt_kinds_known'],
  [{ exempt_kinds: [null] }, 'tax_rules_exempt_kinds_known'],
])('for a tax rule with %o the answer is %s', async (row, answer) => {
  expect(await ruleWith(row)).toBe(answer);
});

test('every kind of line there is may be exempt', async () => {
  expect(await ruleWith({ exempt_kinds: [...LINE_KINDS] })).toBe('accepted');
});

const band = (upTo: unknown, rateBps: unknown = 500) => ({ upTo, rateBps });

test.each<[unknown, 'accepted' | 'tax_rules_bands_ascend']>([
  [[], 'accepted'],
  [[band(null)], 'accepted'],
  [[band(1), band(2), band(null)], 'accepted'],
  [[band(null, 0)], 'accepted'],
  [[band(null, 10_000)], 'accepted'],
  [[band(null, 10_001)], 'tax_rules_bands_ascend'],
  [[band(null, -1)], 'tax_rules_bands_ascend'],
  [[band(null, '5')], 'tax_rules_bands_ascend'],
  [[band(null, null)], 'tax_rules_bands_ascend'],
  [[{ upTo: null }], 'tax_rules_bands_ascend'],
  [[{ rateBps: 500 }], 'tax_rules_bands_ascend'],
  [[band(100)], 'tax_rules_bands_ascend'],
  [[band(0), band(null)], 'tax_rules_bands_ascend'],
  [[band('100'), band(null)], 'tax_rules_bands_ascend'],
  [[band(100), band(100), band(null)], 'tax_rules_bands_ascend'],
  [[band(100), band(99), band(null)], 'tax_rules_bands_ascend'],
  [[band(null), band(100), band(null)], 'tax_rules_bands_ascend'],
  [[band(null), band(null)], 'tax_rules_bands_ascend'],
  [['100'], 'tax_rules_bands_ascend'],
  [{}, 'tax_rules_bands_ascend'],
  [null, 'tax_rules_bands_ascend'],
])('for bands of %j the answer is %s', async (bands, answer) => {
  expect(await ruleWith({ bands: JSON.stringify(bands) })).toBe(answer);
});

test('within a property, no two taxes have one code', async () => {
  expect([await ruleWith({ code: 'SAME' }), await ruleWith({ code: 'SAME' })]).toEqual([
    ...['accepted', 'tax_rules_code_unique'],
  ]);
});
