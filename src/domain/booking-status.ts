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

/** How a booking may begin. */
export const FIRST_STATUSES = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'] as const;
export type FirstStatus = (typeof FIRST_STATUSES)[number];

interface Transition {
  readonly from: readonly BookingStatus[];
  readonly to: readonly BookingStatus[];
  readonly by: readonly ActorType[];
  /** From this status fewer may do it. */
  readonly onlyBy?: { readonly [S in BookingStatus]?: readonly ActorType[] };
  /** From this status only this kind may do it. */
  readonly onlyKind?: { readonly [S in BookingStatus]?: BookingKind };
}

/** Everything that can happen to a booking. The database holds the same table and refuses all else. */
export const BOOKING_ACTIONS = {
  authorize: { from: ['PENDING_PAYMENT'], to: ['PENDING_APPROVAL'], by: ['PAYMENT'] },
  confirm: { from: ['PENDING_PAYMENT'], to: ['CONFIRMED'], by: ['PAYMENT', 'STAFF'] },
  approve: { from: ['PENDING_APPROVAL'], to: ['CONFIRMED'], by: ['STAFF'] },
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

/** Nothing more is to come of a booking in these, but that a late payment revives one that expired. */
const ENDS: readonly BookingStatus[] = ['COMPLETED', 'DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW'];

/** Whether a booking is over. */
export function hasEnded(status: BookingStatus): boolean {
  return ENDS.includes(status);
}

const TABLE: Record<BookingAction, Transition> = BOOKING_ACTIONS;
const ALL_ACTIONS = Object.keys(BOOKING_ACTIONS) as BookingAction[];

/** Whether `by` may do `action` to a booking of this kind in this status. */
export function isAllowed(input: {
  action: BookingAction;
  kind: BookingKind;
  from: BookingStatus;
  by: ActorType;
}): boolean {
  const transition = TABLE[input.action];
  const actors = transition.onlyBy?.[input.from] ?? transition.by;
  const kind = transition.onlyKind?.[input.from] ?? input.kind;
  return transition.from.includes(input.from) && actors.includes(input.by) && kind === input.kind;
}

/** What this actor may do to such a booking now, in the table's order. */
export function listAllowedActions(input: { kind: BookingKind; from: BookingStatus; by: ActorType }): BookingAction[] {
  return ALL_ACTIONS.filter((action) => isAllowed({ ...input, action }));
}

/**
 * The status the action leads to.
 *
 * `to` chooses where the table offers more than one end (a revived booking).
 * Throws: invalid_transition, naming what this actor may do instead.
 */
export function resolveTransition(input: {
  action: BookingAction;
  kind: BookingKind;
  from: BookingStatus;
  by: ActorType;
  to?: BookingStatus;
}): BookingStatus {
  if (!isAllowed(input)) {
    throw new AppError('invalid_transition', {
      detail: `A booking that is ${input.from} can't be changed by "${input.action}".`,
      extra: { bookingStatus: input.from, action: input.action, allowed: listAllowedActions(input) },
    });
  }
  const ends = TABLE[input.action].to;
  const to = input.to ?? (ends.length === 1 ? ends[0] : undefined);
  if (to === undefined || !ends.includes(to)) throw new Error(`Bug: "${input.action}" needs one of ${ends.join(', ')}`);
  return to;
}
