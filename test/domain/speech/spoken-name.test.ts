import { expect, test } from 'vitest';
import { matchName } from '../../../src/domain/speech/spoken-name.ts';

const services = [
  { code: 'FACIAL', name: 'Signature Facial' },
  { code: 'PEEL', name: 'Facial Peel' },
  { code: 'LASER-2', name: 'Laser hair removal' },
  { code: 'CREME', name: 'Crème brûlée' },
  { code: 'SOREN', name: 'Søren' },
  { code: 'MENS', name: 'Men’s cut' },
];

test.each([
  ['FACIAL', 'FACIAL'],
  ['facial', 'FACIAL'],
  ['signature facial', 'FACIAL'],
  ['Peel', 'PEEL'],
  ['peel facial', 'PEEL'],
  ['laser', 'LASER-2'],
  ['Hair  Removal!', 'LASER-2'],
  ['laser 2', 'LASER-2'],
  ['creme brulee', 'CREME'],
  ['soren', 'SOREN'],
  ['mens cut', 'MENS'],
])('"%s" is %s', (said, code) => {
  expect(matchName(services, said)).toMatchObject({ found: { code } });
});

test('between two it does not choose', () => {
  const [signature, peel] = services;
  const others = [signature, { code: 'F2', name: 'Facial Peel' }].map((each) => ({
    ...each,
    code: `X-${each?.code ?? ''}`,
  }));
  expect(matchName(others as typeof services, 'facial')).toMatchObject({
    candidates: [{ code: 'X-FACIAL' }, { code: 'X-F2' }],
  });
  expect(peel).toBeDefined();
});

test.each(['massage', 'fac', '', '!!', 'laser peel'])('"%s" is none of them', (said) => {
  expect(matchName(services, said)).toEqual({ candidates: [] });
});
