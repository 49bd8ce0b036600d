import type { FastifyReply } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';

/** Open event streams of one user: a few windows on a few devices. */
const MAX_OF_USER = 10;
/** Open event streams of one property, a fifth of what a process serves. */
const MAX_OF_PROPERTY = 200;

interface StreamOwner {
  readonly userId: string;
  readonly propertyId: string;
}

/** Returns a function that counts an event stream until it closes. It throws: rate_limited with too many open ones. */
export function limitStreams(config: Config): (reply: FastifyReply, caller: StreamOwner) => void {
  const open = new Map<string, number>();
  return (reply, { userId, propertyId }) => {
    if (config.RATE_LIMIT_SCALE === 0) return;
    const counts = [
      { key: `user ${userId}`, max: MAX_OF_USER, whose: 'You have' },
      { key: `property ${propertyId}`, max: MAX_OF_PROPERTY, whose: 'This property has' },
    ];
    for (const { key, max, whose } of counts) {
      if ((open.get(key) ?? 0) < Math.max(1, max * config.RATE_LIMIT_SCALE)) continue;
      const detail = `${whose} ${String(open.get(key))} open event streams. Close one first.`;
      throw new AppError('rate_limited', { detail, retryAfterSeconds: 5 });
    }
    for (const { key } of counts) open.set(key, (open.get(key) ?? 0) + 1);
    reply.raw.once('close', () => {
      for (const { key } of counts) {
        const left = (open.get(key) ?? 1) - 1;
        if (left === 0) open.delete(key);
        else open.set(key, left);
      }
    });
  };
}
