import { AsyncLocalStorage } from 'node:async_hooks';
import type { Told } from '../../domain/property-change.ts';

const collecting = new AsyncLocalStorage<Told[]>();

/** Runs work whose announcements are noted in this list, also those of a transaction that comes to nothing. */
export function noteAnnounced(list: Told[], work: () => void): void {
  collecting.run(list, work);
}

/** Lets whoever collects at the moment know of an announcement. */
export function collectAnnounced(told: Told): void {
  collecting.getStore()?.push(told);
}
