import type { Tx } from '../../../db/client.ts';
import { findFirstReleasedNight } from '../../../domain/availability/nights.ts';
import { releaseStay } from '../../stock/inventory/release-stay.ts';
import { markRoomUsed } from '../../stock/room-assignment/mark-room-used.ts';
import { closeAccount } from './close-account.ts';
import type { AccountToClose } from './close-account.ts';

/**
 * Ends a stay: releases the nights after the one under way and marks the room dirty.
 *
 * Locks: expects nights, room and booking locked. Throws: payment_in_progress, balance_due.
 */
export async function checkOutStay(tx: Tx, input: AccountToClose): Promise<void> {
  const { booking } = input;
  const { stay, room, tonight } = booking;
  if (stay === null) throw new Error('Bug: a stay without its nights');
  const status = await closeAccount(tx, input, {
    alsoAnnounce: ['booking_checked_out'],
    ...(room && { eventData: { roomNumber: room.number } }),
  });
  await releaseStay(tx, { booking, from: findFirstReleasedNight({ checkIn: stay.checkIn, tonight }) });
  await markRoomUsed(tx, booking, status);
}
