import { Socket } from 'node:net';

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the socket it is taken for
const connect = Socket.prototype.connect;

/** A test that reaches beyond this machine is wrong, and says so at once. */
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const [first] = args;
  const options = (Array.isArray(first) ? first[0] : first) as { host?: string } | undefined;
  const host = options?.host ?? '127.0.0.1';
  if (!['127.0.0.1', 'localhost', '::1'].includes(host)) throw new Error(`A test tried to reach ${host}`);
  return Reflect.apply(connect, this, args) as Socket;
};
