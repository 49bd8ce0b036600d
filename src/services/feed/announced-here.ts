import { AsyncLocalStorage } from 'node:async_hooks';
import type { Announced } from '../../domain/feed/property-change.ts';

const collecting = new AsyncLocalStorage<Announced[]>();

/** Runs work whose announcements are noted in this list, also those of a transaction that comes to nothing. */
export function noteAnnounced(list: Announced[], work: () => void): void {
  collecting.run(list, work);
}

/** Lets whoever collects at the moment know of an announcement. */
export function collectAnnounced(announced: Announced): void {
  collecting.getStore()?.push(announced);
}
