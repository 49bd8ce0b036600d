import type { Publication } from './publications.ts';

/** A client that is connected. */
export interface Connection {
  readonly socketId: string;
  readonly since: Date;
  readonly channels: Set<string>;
  send(message: object): void;
  /** Sends what was encoded before: one text for all who get it. */
  sendText(message: string): void;
  close(code: number, reason: string): void;
}

/** Who is connected, and who listens to what. */
export class Hub {
  readonly connections = new Set<Connection>();
  readonly #channels = new Map<string, Set<Connection>>();

  connect(connection: Connection): void {
    this.connections.add(connection);
  }

  /** Idempotent: a connection that was closed here is gone before its socket is. */
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

  /** The channels somebody listens to. */
  occupiedChannels(): string[] {
    return [...this.#channels.keys()];
  }

  countListeners(channel: string): number {
    return this.#channels.get(channel)?.size ?? 0;
  }

  /** Closes every connection, and answers how many there were. The code tells clients whether and when to come back. */
  disconnectAll(code: number, reason: string): number {
    const all = [...this.connections];
    for (const connection of all) {
      this.disconnect(connection);
      connection.close(code, reason);
    }
    return all.length;
  }
}
