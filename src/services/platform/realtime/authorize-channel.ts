import type { Context } from '../../../context.ts';
import { roomChannel } from '../../../domain/feed/events.ts';
import { hasPermission } from '../../../domain/access/permissions.ts';
import type { Permission, StaffRole } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { GuestAccess } from '../auth/authenticate-guest.ts';

/** The owner of a connection: a guest with a link, or a user. */
export type Listener = { readonly guest: GuestAccess } | { readonly userId: string };

/**
 * Signs the subscription of a private channel: of the booking for its guest, of the property for its staff.
 *
 * Foreign, missing and public channels are refused alike.
 * Throws: forbidden; not_found where no realtime service is configured.
 */
export async function authorizeChannel(
  ctx: Context,
  input: { readonly listener: Listener; readonly socketId: string; readonly channel: string },
): Promise<string> {
  const { listener, socketId, channel } = input;
  const { realtime } = ctx;
  if (realtime === null) {
    throw new AppError('not_found', { detail: 'No realtime service is configured; read the stream of events.' });
  }
  const mayListen =
    'guest' in listener
      ? listener.guest.capabilities.includes('VIEW') && channel === `private-booking-${listener.guest.bookingCode}`
      : await mayStaffListen(ctx, listener.userId, channel);
  if (!mayListen) throw new AppError('forbidden', { detail: `This channel is not yours: ${channel}.` });
  return realtime.sign(socketId, channel);
}

interface Membership {
  readonly role: StaffRole;
  readonly property: { readonly id: string; readonly slug: string };
}

async function mayStaffListen(ctx: Context, userId: string, channel: string): Promise<boolean> {
  const memberships = await ctx.db.membership.findMany({
    where: { userId },
    select: { role: true, property: { select: { id: true, slug: true } } },
  });
  const having = (permission: Permission) => memberships.filter(({ role }) => hasPermission(role, permission));
  const bookingCode = /^private-booking-(.+)$/.exec(channel)?.[1];
  if (bookingCode !== undefined) return hasBooking(ctx, having('bookings.read'), bookingCode);
  if (channel.startsWith('private-room-')) return hasRoom(ctx, having('rooms.read'), channel);
  return having('events.read').some(
    ({ property: { slug } }) => channel === `private-hotel-${slug}` || channel === `private-staff-${slug}`,
  );
}

async function hasBooking(ctx: Context, memberships: readonly Membership[], code: string): Promise<boolean> {
  const propertyId = { in: memberships.map(({ property }) => property.id) };
  return (await ctx.db.booking.findFirst({ where: { code, propertyId }, select: { id: true } })) !== null;
}

/** Compares whole channel names, because slugs and room numbers may both contain dashes. */
async function hasRoom(ctx: Context, memberships: readonly Membership[], channel: string): Promise<boolean> {
  const properties = memberships.map(({ property }) => property);
  const candidates = properties.filter(({ slug }) => channel.startsWith(`private-room-${slug}-`));
  const rooms = await ctx.db.room.findMany({
    where: { propertyId: { in: candidates.map(({ id }) => id) } },
    select: { number: true, property: { select: { slug: true } } },
  });
  return rooms.some(({ number, property }) => roomChannel(property.slug, number) === channel);
}
