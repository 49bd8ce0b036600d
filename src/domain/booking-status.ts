import { AppError } from '../errors.ts';

export const BOOKING_STATUSES = [
  'PENDING_PAYMENT',
  'PENDING_APPROVAL',
  'CONFIRMED',
  'IN_HOUSE',
  'COMPLETED',
  'DECLINED',
  'CANCELLED',
  'EXPIRED',
  'NO_SHOW',
] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

export const BOOKING_KINDS = ['STAY', 'APPOINTMENT'] as const;
export type BookingKind = (typeof BOOKING_KINDS)[number];

export const ACTOR_TYPES = ['GUEST', 'STAFF', 'AGENT', 'PAYMENT', 'SYSTEM'] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** Statuses that a new booking may have. */
export const FIRST_STATUSES = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'] as const;
export type FirstStatus = (typeof FIRST_STATUSES)[number];

interface Transition {
  readonly from: readonly BookingStatus[];
  readonly to: readonly BookingStatus[];
  readonly by: readonly ActorType[];
  /** Narrows `by` for bookings in this status. */
  readonly onlyBy?: { readonly [S in BookingStatus]?: readonly ActorType[] };
  /** Limits the action, from this status, to bookings of this kind. */
  readonly onlyKind?: { readonly [S in BookingStatus]?: BookingKind };
}

/** The status table. A trigger, `bookings_status_follows_table`, refuses every transition outside of the table. */
export const BOOKING_ACTIONS = {
  authorize: { from: ['PENDING_PAYMENT'], to: ['PENDING_APPROVAL'], by: ['PAYMENT'] },
  confirm: { from: ['PENDING_PAYMENT'], to: ['CONFIRMED'], by: ['PAYMENT', 'STAFF'] },
  approve: { from: ['PENDING_APPROVAL'], to: ['CONFIRMED'], by: ['STAFF', 'PAYMENT'] },
  decline: { from: ['PENDING_APPROVAL'], to: ['DECLINED'], by: ['STAFF', 'SYSTEM'] },
  expire: { from: ['PENDING_PAYMENT'], to: ['EXPIRED'], by: ['SYSTEM'] },
  revive: { from: ['EXPIRED'], to: ['PENDING_APPROVAL', 'CONFIRMED'], by: ['PAYMENT'] },
  cancel: {
    from: ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE'],
    to: ['CANCELLED'],
    by: ['GUEST', 'STAFF', 'AGENT'],
    onlyBy: { IN_HOUSE: ['STAFF', 'AGENT'] },
  },
  checkIn: { from: ['CONFIRMED'], to: ['IN_HOUSE'], by: ['STAFF'] },
  complete: {
    from: ['IN_HOUSE', 'CONFIRMED'],
    to: ['COMPLETED'],
    by: ['STAFF'],
    onlyKind: { CONFIRMED: 'APPOINTMENT' },
  },
  noShow: { from: ['CONFIRMED'], to: ['NO_SHOW'], by: ['STAFF'] },
} as const satisfies Record<string, Transition>;
export type BookingAction = keyof typeof BOOKING_ACTIONS;

/** Final statuses, except that a late payment can revive an expired booking. */
const FINAL_STATUSES: readonly BookingStatus[] = ['COMPLETED', 'DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW'];

/** Tells whether a booking has ended. */
export function hasEnded(status: BookingStatus): boolean {
  return FINAL_STATUSES.includes(status);
}

const CALLED_OFF: readonly BookingStatus[] = ['DECLINED', 'CANCELLED', 'EXPIRED'];

/** Tells whether a booking ended before anything was provided: nothing is owed, and its place is free. */
export function isCalledOff(status: BookingStatus): boolean {
  return CALLED_OFF.includes(status);
}

/**
 * Tells whether nothing more is owed for a booking in this status.
 *
 * The policy keeps a part of what was paid after a cancellation or a no-show, and claims nothing beyond it.
 */
export function isNothingOwed(status: BookingStatus): boolean {
  return isCalledOff(status) || status === 'NO_SHOW';
}

const UNCONFIRMED: readonly BookingStatus[] = ['PENDING_PAYMENT', 'PENDING_APPROVAL'];

/** Tells whether a booking still waits for a payment or a decision. */
export function isUnconfirmed(status: BookingStatus): boolean {
  return UNCONFIRMED.includes(status);
}

const TABLE: Record<BookingAction, Transition> = BOOKING_ACTIONS;
const ALL_ACTIONS = Object.keys(BOOKING_ACTIONS) as BookingAction[];

/** An action that an actor wants to do to a booking of this kind in this status. */
interface Attempt {
  readonly action: BookingAction;
  readonly kind: BookingKind;
  readonly from: BookingStatus;
  readonly by: ActorType;
}

/** Checks the table: true when the actor may do the action. */
export function isAllowed(input: Attempt): boolean {
  const transition = TABLE[input.action];
  const actors = transition.onlyBy?.[input.from] ?? transition.by;
  const kind = transition.onlyKind?.[input.from] ?? input.kind;
  return transition.from.includes(input.from) && actors.includes(input.by) && kind === input.kind;
}

/** Lists the actions this actor may do to such a booking now, in the table's order. */
export function listAllowedActions(input: Omit<Attempt, 'action'>): BookingAction[] {
  return ALL_ACTIONS.filter((action) => isAllowed({ ...input, action }));
}

/** Refuses an action that the table does not allow. Throws: invalid_transition, with the actions this actor may do. */
export function assertAllowed(input: Attempt): void {
  if (isAllowed(input)) return;
  throw new AppError('invalid_transition', {
    detail: `A booking that is ${input.from} can't be changed by "${input.action}".`,
    extra: { bookingStatus: input.from, action: input.action, allowed: listAllowedActions(input) },
  });
}

/**
 * Answers the status an allowed action leads to.
 *
 * `to` chooses where the table offers more than one (a revived booking).
 * Throws: invalid_transition, as `assertAllowed` does.
 */
export function resolveTransition(input: Attempt & { readonly to?: BookingStatus }): BookingStatus {
  assertAllowed(input);
  const ends = TABLE[input.action].to;
  const to = input.to ?? (ends.length === 1 ? ends[0] : undefined);
  if (to === undefined || !ends.includes(to)) throw new Error(`Bug: "${input.action}" needs one of ${ends.join(', ')}`);
  return to;
}
