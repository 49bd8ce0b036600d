import type { SendResult } from '../feed/send-result.ts';

/** One event for one channel. */
export interface Publication {
  readonly channel: string;
  readonly name: string;
  /** JSON. */
  readonly data: string;
}

/** The realtime service takes no more in one request. */
export const MAX_PUBLICATIONS = 10;

/** The service that carries events to browsers. */
export interface Realtime {
  /** Publishes at most `MAX_PUBLICATIONS`, in this order. */
  publish(publications: readonly Publication[]): Promise<SendResult>;
  /** Answers the proof with which this connection may subscribe to this channel. */
  sign(socketId: string, channel: string): string;
}
