interface TestedPromise {
  readonly says: string;
  /** Trials that bound the failure rate as the project wants it; null for a promise that has no such figure. */
  readonly wanted: number | null;
}

/** What the repeated tests prove, in the order in which `npm run torture` reports. */
export const PROMISES = {
  bookings: { says: 'nothing is booked twice: contested attempts', wanted: 100_000 },
  idempotency: { says: 'one effect per idempotency key: requests', wanted: 100_000 },
  webhooks: { says: 'webhooks count once, status never goes back: deliveries', wanted: 50_000 },
  expiry: { says: 'hold expiry against payment: races', wanted: 10_000 },
  decisions: { says: 'approve, decline, cancel, expire at once: races', wanted: 20_000 },
  gateway: { says: 'gateway faults: calls, at most one effect each', wanted: 50_000 },
  kills: { says: 'kill -9 under load: nothing acknowledged is lost', wanted: 1_000 },
  postgres: { says: 'Postgres stopped hard under load', wanted: 100 },
  reschedule: { says: 'reschedule cycles: no deadlock, none lost', wanted: 20_000 },
  wallets: { says: 'wallet transfers: sums agree, never negative', wanted: 1_000_000 },
  limits: { says: 'promo uses and refunds: never over the limit', wanted: 20_000 },
  feed: { says: 'events: none lost, invented or out of order', wanted: 100_000 },
  fuzz: { says: 'fuzz on every operation: no 5xx, no internals', wanted: 1_000_000 },
  time: { says: 'time zones, clock changes, calendars: cases', wanted: 100_000 },
  rules: { says: 'rules of money, speech and events: cases', wanted: null },
  cache: { says: 'cached responses are never stale: changes', wanted: null },
  sessions: { says: 'refresh tokens traded at once: races', wanted: null },
} as const satisfies Record<string, TestedPromise>;

export type PromiseName = keyof typeof PROMISES;
