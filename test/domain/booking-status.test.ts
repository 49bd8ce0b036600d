import { expect, test } from 'vitest';
import {
  ACTOR_TYPES,
  BOOKING_ACTIONS,
  BOOKING_KINDS,
  BOOKING_STATUSES,
  assertAllowed,
  isAllowed,
  listAllowedActions,
  resolveTransition,
} from '../../src/domain/booking-status.ts';
import type { ActorType, BookingAction, BookingKind, BookingStatus } from '../../src/domain/booking-status.ts';
import { AppError } from '../../src/errors.ts';

interface Rule {
  readonly action: BookingAction;
  readonly from: BookingStatus;
  readonly by: readonly ActorType[];
  readonly to: readonly BookingStatus[];
  /** Both kinds, unless it is only for one. */
  readonly kind?: BookingKind;
}

/** SPEC §2, row by row, written by hand. */
const SPEC: readonly Rule[] = [
  { action: 'authorize', from: 'PENDING_PAYMENT', by: ['PAYMENT'], to: ['PENDING_APPROVAL'] },
  { action: 'confirm', from: 'PENDING_PAYMENT', by: ['PAYMENT', 'STAFF'], to: ['CONFIRMED'] },
  { action: 'approve', from: 'PENDING_APPROVAL', by: ['STAFF', 'PAYMENT'], to: ['CONFIRMED'] },
  { action: 'decline', from: 'PENDING_APPROVAL', by: ['STAFF', 'SYSTEM'], to: ['DECLINED'] },
  { action: 'expire', from: 'PENDING_PAYMENT', by: ['SYSTEM'], to: ['EXPIRED'] },
  { action: 'revive', from: 'EXPIRED', by: ['PAYMENT'], to: ['PENDING_APPROVAL', 'CONFIRMED'] },
  { action: 'cancel', from: 'PENDING_PAYMENT', by: ['GUEST', 'STAFF', 'AGENT'], to: ['CANCELLED'] },
  { action: 'cancel', from: 'PENDING_APPROVAL', by: ['GUEST', 'STAFF', 'AGENT'], to: ['CANCELLED'] },
  { action: 'cancel', from: 'CONFIRMED', by: ['GUEST', 'STAFF', 'AGENT'], to: ['CANCELLED'] },
  { action: 'cancel', from: 'IN_HOUSE', by: ['STAFF', 'AGENT'], to: ['CANCELLED'] },
  { action: 'checkIn', from: 'CONFIRMED', by: ['STAFF'], to: ['IN_HOUSE'] },
  { action: 'complete', from: 'IN_HOUSE', by: ['STAFF'], to: ['COMPLETED'] },
  { action: 'complete', from: 'CONFIRMED', by: ['STAFF'], to: ['COMPLETED'], kind: 'APPOINTMENT' },
  { action: 'noShow', from: 'CONFIRMED', by: ['STAFF'], to: ['NO_SHOW'] },
];
const ACTIONS = [
  ...['authorize', 'confirm', 'approve', 'decline', 'expire', 'revive', 'cancel', 'checkIn', 'complete', 'noShow'],
] as readonly BookingAction[];

const grid = ACTIONS.flatMap((action) =>
  BOOKING_KINDS.flatMap((kind) => BOOKING_STATUSES.map((from) => ({ action, kind, from }))),
);

function findRule({ action, kind, from }: { action: BookingAction; kind: BookingKind; from: BookingStatus }) {
  return SPEC.find((rule) => rule.action === action && rule.from === from && (rule.kind ?? kind) === kind);
}

function refusalOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

test('there are exactly the actions, statuses and actors of the table', () => {
  expect(Object.keys(BOOKING_ACTIONS)).toEqual(ACTIONS);
  expect(BOOKING_STATUSES).toEqual([
    ...['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE', 'COMPLETED'],
    ...['DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW'],
  ]);
  expect(ACTOR_TYPES).toEqual(['GUEST', 'STAFF', 'AGENT', 'PAYMENT', 'SYSTEM']);
});

test.each(grid)('$action of $kind from $from is for whom the table says, and nobody else', (point) => {
  const rule = findRule(point);
  expect(ACTOR_TYPES.filter((by) => isAllowed({ ...point, by }))).toEqual(
    ACTOR_TYPES.filter((by) => rule?.by.includes(by)),
  );
});

test.each(grid)(
  '$action of $kind from $from passes the check for exactly those actors, without naming an end',
  (point) => {
    const rule = findRule(point);
    for (const by of ACTOR_TYPES) {
      const check = () => {
        assertAllowed({ ...point, by });
      };
      if (rule?.by.includes(by)) expect(check).not.toThrow();
      else {
        const refusal = refusalOf(check);
        const { kind, from, action } = point;
        expect(refusal).toMatchObject({ code: 'invalid_transition', status: 409 });
        expect(refusal.content.extra).toEqual({
          bookingStatus: from,
          action,
          allowed: listAllowedActions({ kind, from, by }),
        });
      }
    }
  },
);

test.each(BOOKING_KINDS)('a captured payment approves a %s, and is refused what only staff may do to it', (kind) => {
  const at = { kind, from: 'PENDING_APPROVAL', by: 'PAYMENT' } as const;
  expect(resolveTransition({ ...at, action: 'approve' })).toBe('CONFIRMED');
  for (const action of ['decline', 'cancel'] as const) {
    expect(refusalOf(() => resolveTransition({ ...at, action })).code).toBe('invalid_transition');
  }
});

test.each(grid)('$action of $kind from $from leads where the table says, and nowhere else', (point) => {
  const rule = findRule(point);
  for (const by of ACTOR_TYPES) {
    for (const to of BOOKING_STATUSES) {
      const resolve = () => resolveTransition({ ...point, by, to });
      if (!rule?.by.includes(by)) expect(refusalOf(resolve).code).toBe('invalid_transition');
      else if (rule.to.includes(to)) expect(resolve()).toBe(to);
      else expect(resolve).toThrow(/^Bug: /);
    }
  }
});

test.each(SPEC.filter(({ to }) => to.length === 1))('$action from $from needs no choice of its end', (rule) => {
  const { action, from, by, to, kind = 'APPOINTMENT' } = rule;
  for (const actor of by) expect(resolveTransition({ action, kind, from, by: actor })).toBe(to[0]);
});

test('who revives a booking must say to what', () => {
  const revive = { action: 'revive', kind: 'STAY', from: 'EXPIRED', by: 'PAYMENT' } as const;
  expect(() => resolveTransition(revive)).toThrow(/^Bug: "revive" needs one of PENDING_APPROVAL, CONFIRMED/);
});

test.each(['COMPLETED', 'DECLINED', 'CANCELLED', 'NO_SHOW'] as const)('%s is an end', (from) => {
  for (const kind of BOOKING_KINDS) {
    for (const by of ACTOR_TYPES) expect(listAllowedActions({ kind, from, by })).toEqual([]);
  }
});

test.each([
  { kind: 'STAY', from: 'PENDING_PAYMENT', by: 'STAFF', allowed: ['confirm', 'cancel'] },
  { kind: 'STAY', from: 'PENDING_PAYMENT', by: 'PAYMENT', allowed: ['authorize', 'confirm'] },
  { kind: 'STAY', from: 'PENDING_PAYMENT', by: 'SYSTEM', allowed: ['expire'] },
  { kind: 'STAY', from: 'PENDING_PAYMENT', by: 'GUEST', allowed: ['cancel'] },
  { kind: 'STAY', from: 'PENDING_APPROVAL', by: 'STAFF', allowed: ['approve', 'decline', 'cancel'] },
  { kind: 'STAY', from: 'PENDING_APPROVAL', by: 'SYSTEM', allowed: ['decline'] },
  { kind: 'STAY', from: 'PENDING_APPROVAL', by: 'PAYMENT', allowed: ['approve'] },
  { kind: 'STAY', from: 'PENDING_APPROVAL', by: 'AGENT', allowed: ['cancel'] },
  { kind: 'STAY', from: 'CONFIRMED', by: 'STAFF', allowed: ['cancel', 'checkIn', 'noShow'] },
  { kind: 'APPOINTMENT', from: 'CONFIRMED', by: 'STAFF', allowed: ['cancel', 'checkIn', 'complete', 'noShow'] },
  { kind: 'STAY', from: 'CONFIRMED', by: 'AGENT', allowed: ['cancel'] },
  { kind: 'STAY', from: 'IN_HOUSE', by: 'STAFF', allowed: ['cancel', 'complete'] },
  { kind: 'STAY', from: 'IN_HOUSE', by: 'AGENT', allowed: ['cancel'] },
  { kind: 'STAY', from: 'IN_HOUSE', by: 'GUEST', allowed: [] },
  { kind: 'STAY', from: 'EXPIRED', by: 'PAYMENT', allowed: ['revive'] },
  { kind: 'STAY', from: 'EXPIRED', by: 'STAFF', allowed: [] },
  { kind: 'STAY', from: 'CANCELLED', by: 'STAFF', allowed: [] },
] as const)('a refusal tells $by what is allowed for $kind in $from', ({ kind, from, by, allowed }) => {
  const possible: readonly string[] = allowed;
  const refused = ACTIONS.filter((action) => !possible.includes(action));
  for (const action of refused) {
    const refusal = refusalOf(() => resolveTransition({ action, kind, from, by }));
    expect(refusal).toMatchObject({ code: 'invalid_transition', status: 409 });
    expect(refusal.content.extra).toEqual({ bookingStatus: from, action, allowed });
  }
});

test('a refusal says in words what was tried and where the booking stands', () => {
  const refusal = refusalOf(() =>
    resolveTransition({ action: 'checkIn', kind: 'STAY', from: 'CANCELLED', by: 'STAFF' }),
  );
  expect(refusal.message).toContain('checkIn');
  expect(refusal.message).toContain('CANCELLED');
});
