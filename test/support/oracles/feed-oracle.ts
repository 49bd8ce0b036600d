import { expect } from 'vitest';
import { channelsOf } from '../../../src/domain/feed/events.ts';
import type { EventContent, EventType } from '../../../src/domain/feed/events.ts';
import type { TestDatabase } from '../database/database.ts';
import type { Desk } from '../hotel/desk.ts';
import { readOutbox, upTo } from '../database/feed.ts';
import type { OutboxRow } from '../database/feed.ts';
import type { PusherTestSandbox } from '../sandbox/pusher-sandbox.ts';

interface AuditRow {
  readonly code: string;
  readonly action: string;
  readonly from_status: string | null;
  readonly to_status: string;
  readonly room: string | null;
  readonly nights: number;
}

/** What is told of each entry of the audit trail, written by hand. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  'create PENDING_APPROVAL': ['booking_created', 'booking_pending_approval'],
  'create CONFIRMED': ['booking_created', 'booking_confirmed'],
  'approve CONFIRMED': ['booking_status_changed', 'booking_approved', 'booking_confirmed'],
  'decline DECLINED': ['booking_status_changed', 'booking_declined'],
  'cancel CANCELLED': ['booking_status_changed', 'booking_cancelled'],
  'checkIn IN_HOUSE': ['booking_status_changed', 'booking_checked_in'],
  'complete COMPLETED': ['booking_status_changed', 'booking_completed', 'booking_checked_out'],
  'assign-room PENDING_APPROVAL': ['room_assigned'],
  'assign-room CONFIRMED': ['room_assigned'],
  'assign-room IN_HOUSE': ['room_assigned'],
  'unassign-room PENDING_APPROVAL': ['booking_updated'],
  'unassign-room CONFIRMED': ['booking_updated'],
};

const readAudit = (database: TestDatabase, propertyId: string) =>
  database.sql<AuditRow & Record<string, unknown>>(
    `SELECT b.code, e.action, e.from_status, e.to_status, e.changes -> 'room' ->> 1 AS room,
       s.check_out_on - s.check_in_on AS nights
     FROM booking_events e JOIN bookings b ON b.id = e.booking_id JOIN stays s ON s.booking_id = b.id
     WHERE b.property_id = $1 ORDER BY e.id`,
    [propertyId],
  );

/**
 * Compares a hotel's feed with its audit trail, which knows nothing of events: no gap, nothing missing, nothing that did
 * not happen, and of each booking everything in the order in which it was done. Answers the feed, in its order.
 *
 * `cleaned` is how often somebody set the status of a room by hand.
 */
export async function expectFeedIsAudit(
  database: TestDatabase,
  { hotel: { propertyId } }: Desk,
  { cleaned, seed }: { readonly cleaned: number; readonly seed: number },
): Promise<OutboxRow[]> {
  const hint = `seed ${String(seed)}`;
  const audit = await readAudit(database, propertyId);
  const written = await readOutbox(database, propertyId);
  const feed = written.toSorted((one, other) => Number(one.seq) - Number(other.seq));
  expect(
    feed.map(({ seq }) => seq),
    hint,
  ).toEqual(upTo(feed.length));
  const expected = Map.groupBy(audit.flatMap(tellEntry), ({ code }) => code);
  const told = Map.groupBy(feed.filter(isOfBooking).map(spell), ({ code }) => code);
  expect(Object.fromEntries(told), hint).toEqual(Object.fromEntries(expected));
  const count = (type: string) => feed.filter((row) => row.type === type).length;
  expect(count('room_status_changed'), hint).toBe(cleaned + audit.filter(leavesRoom).length);
  // One that the hotel was opened with.
  expect(count('availability_changed'), hint).toBe(1 + audit.filter(changesNights).length);
  return feed;
}

function tellEntry({ code, action, to_status: status, room }: AuditRow) {
  const types = TOLD[`${action} ${status}`];
  if (types === undefined) throw new Error(`Nobody said what is told of ${action} to ${status}`);
  return types.map((type) => ({ code, type, status, room: type === 'room_assigned' ? room : null }));
}

const isOfBooking = ({ type, data }: OutboxRow) => data['bookingCode'] !== undefined && type !== 'room_status_changed';

function spell({ type, data }: OutboxRow) {
  const room = type === 'room_assigned' ? data['roomNumber'] : null;
  return { code: data['bookingCode'] as string, type, status: data['status'], room };
}

/** A guest who leaves or moves leaves a dirty room. */
const leavesRoom = ({ action, from_status: from }: AuditRow) =>
  from === 'IN_HOUSE' && ['complete', 'cancel', 'assign-room'].includes(action);

/** Who was in the house keeps the night that has begun. */
const changesNights = ({ action, from_status: from, nights }: AuditRow) =>
  ['create', 'decline', 'cancel', 'complete'].includes(action) && (from !== 'IN_HOUSE' || nights > 1);

/** Whether the service has heard every event on every channel it belongs to, and first of all in the feed's order. */
export async function expectAllPublished(
  sandbox: PusherTestSandbox,
  desk: Desk,
  feed: readonly OutboxRow[],
  { seed }: { readonly seed: number },
): Promise<void> {
  const { slug } = desk.hotel;
  const expected = new Map<string, number[]>();
  for (const { seq, type, data } of feed) {
    const event = { type: type as EventType, propertySlug: slug, data: data as EventContent };
    for (const channel of channelsOf(event)) {
      expected.set(channel, [...(expected.get(channel) ?? []), Number(seq)]);
    }
  }
  const published: { channel: string; data: string }[] = await sandbox.control('GET published');
  const heard = new Map<string, Set<number>>();
  for (const { channel, data } of published) {
    const event = JSON.parse(data) as { seq: number; propertySlug: string };
    if (event.propertySlug === slug) heard.set(channel, (heard.get(channel) ?? new Set()).add(event.seq));
  }
  const firsts = Object.fromEntries([...heard].map(([channel, seqs]) => [channel, [...seqs]]));
  expect(firsts, `seed ${String(seed)}`).toEqual(Object.fromEntries(expected));
}
