import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { partyPlace, SEALED_COLUMNS } from '../../../src/services/core/secrets/sealed-columns.ts';
import type { SealedPlace } from '../../../src/services/core/secrets/sealed-columns.ts';
import { fingerprint, fingerprints, seal, unseal } from '../../../src/services/core/secrets/sealing.ts';

const SECRET = Buffer.alloc(32, 7);
const keys = [{ id: 'k', key: createSecretKey(SECRET) }];
const HERE = partyPlace('01900000-0000-7000-8000-000000000001');
const COLUMNS = Object.keys(SEALED_COLUMNS) as SealedPlace['column'][];

describe('sealed text', () => {
  test.each(COLUMNS)('opens where it was sealed: %s', (column) => {
    const place = { column, row: 'a row' };
    expect(unseal(keys, seal(keys, 'ünïcode', place), place)).toBe('ünïcode');
  });

  test('does not open in another row', () => {
    const there = partyPlace('01900000-0000-7000-8000-000000000002');
    expect(() => unseal(keys, seal(keys, '+353 1 555 0100', HERE), there)).toThrow();
  });

  test.each(COLUMNS.filter((column) => column !== HERE.column))('does not open in the column %s', (column) => {
    const sealed = seal(keys, '+353 1 555 0100', HERE);
    expect(() => unseal(keys, sealed, { ...HERE, column })).toThrow();
  });

  test('does not open as text of a release before, which was bound to no place', () => {
    const unmarked = seal(keys, '+353 1 555 0100', HERE).replace(':2.', ':');
    expect(() => unseal(keys, unmarked, HERE)).toThrow();
  });
});

test('a fingerprint is made by a key of its own, and one of a release before is still searched for', () => {
  const before = createHmac('sha256', SECRET).update('15550100').digest('base64url');
  expect(fingerprint(keys, '15550100')).not.toBe(before);
  expect(fingerprints(keys, '15550100')).toEqual([fingerprint(keys, '15550100'), before]);
});
