import type { Publication } from './publications.ts';

/** A connected client. */
export interface Connection {
  readonly socketId: string;
  readonly since: Date;
  readonly channels: Set<string>;
  send(message: object): void;
  /** Sends an encoded message, so that a broadcast encodes only once. */
  sendText(message: string): void;
  close(code: number, reason: string): void;
}

/** The connections and their channel subscriptions. */
export class Hub {
  readonly connections = new Set<Connection>();
  readonly #channels = new Map<string, Set<Connection>>();

  connect(connection: Connection): void {
    this.connections.add(connection);
  }

  /** Removes a connection and its subscriptions. Idempotent: the close event of the socket may come second. */
  disconnect(connection: Connection): void {
    for (const channel of connection.channels) this.unsubscribe(connection, channel);
    this.connections.delete(connection);
  }

  subscribe(connection: Connection, channel: string): void {
    connection.channels.add(channel);
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners.add(connection));
  }

  unsubscribe(connection: Connection, channel: string): void {
    connection.channels.delete(channel);
    const listeners = this.#channels.get(channel);
    listeners?.delete(connection);
    if (listeners?.size === 0) this.#channels.delete(channel);
  }

  broadcast({ channel, name, data, socketId }: Publication): void {
    const message = JSON.stringify({ event: name, channel, data });
    for (const connection of this.#channels.get(channel) ?? []) {
      if (connection.socketId !== socketId) connection.sendText(message);
    }
  }

  /** Lists the channels with at least one subscriber. */
  occupiedChannels(): string[] {
    return [...this.#channels.keys()];
  }

  countListeners(channel: string): number {
    return this.#channels.get(channel)?.size ?? 0;
  }

  /** Closes every connection; the code tells clients when to reconnect. Returns: the number of connections. */
  disconnectAll(code: number, reason: string): number {
    const all = [...this.connections];
    for (const connection of all) {
      this.disconnect(connection);
      connection.close(code, reason);
    }
    return all.length;
  }
}
