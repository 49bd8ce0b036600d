import { expect, test } from 'vitest';
import { readStoredChange } from '../../../src/services/agent/proposal/stored-change.ts';

const nights = { checkIn: '2027-05-15', checkOut: '2027-05-17' };
const time = { startsAt: '2027-05-19T10:00:00.000Z', provider: 'ana' };

test.each([
  { to: nights, parsed: { kind: 'STAY', ...nights } },
  { to: { kind: 'STAY', ...nights }, parsed: { kind: 'STAY', ...nights } },
  { to: time, parsed: { kind: 'APPOINTMENT', ...time } },
  { to: { kind: 'APPOINTMENT', ...time }, parsed: { kind: 'APPOINTMENT', ...time } },
])('a stored destination $to is read with its kind', ({ to, parsed }) => {
  expect(readStoredChange({ action: 'reschedule', to })).toEqual({ action: 'reschedule', to: parsed });
});

test('a stored change of another form is refused', () => {
  expect(() => readStoredChange({ action: 'reschedule', to: { checkIn: '2027-05-15' } })).toThrow();
  expect(readStoredChange({ action: 'cancel', reason: null })).toEqual({ action: 'cancel', reason: null });
});
