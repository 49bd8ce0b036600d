/** One event for one channel. */
export interface Publication {
  readonly channel: string;
  readonly name: string;
  /** JSON. */
  readonly data: string;
}

/**
 * What became of publications. REFUSED: they will never be taken, however often they are sent. UNKNOWN: they may have
 * been; sending them again does no harm, because every event has an id.
 */
export type PublishAnswer =
  | { readonly kind: 'SENT' }
  | { readonly kind: 'REFUSED'; readonly reason: string }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** The realtime service takes no more in one request. */
export const MAX_PUBLICATIONS = 10;

/** The service that carries events to browsers. */
export interface Realtime {
  /** At most `MAX_PUBLICATIONS`, told in this order. */
  publish(publications: readonly Publication[]): Promise<PublishAnswer>;
  /** The proof with which this connection may hear this channel. */
  sign(socketId: string, channel: string): string;
}
