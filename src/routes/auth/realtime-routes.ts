import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { listenerOf } from '../../http/access/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { authorizeChannel } from '../../services/platform/realtime/authorize-channel.ts';

const authorize = operation({
  id: 'authorizeChannel',
  summary: 'Authorizes a Pusher connection for a private channel',
  description:
    'The authorization endpoint of pusher-js. Accepts a form or JSON, with "Authorization: Bearer …" of staff or a guest. ' +
    'Staff may subscribe to `private-hotel-{slug}`, `private-staff-{slug}`, `private-room-{slug}-{roomNumber}` and ' +
    '`private-booking-{code}` of their property, guests to the channel of their booking. In a room number, every ' +
    'character except letters, digits and `_` is encoded as its hexadecimal code: room `12-b` is `12=2d=b`.',
  tag: 'Realtime',
  body: z
    .strictObject({
      socket_id: z.string().regex(/^\d{1,20}\.\d{1,20}$/, 'must be the id of a connection'),
      channel_name: z.string().regex(/^[A-Za-z0-9_\-=@,.;]{1,164}$/, 'must be the name of a channel'),
    })
    .meta({ examples: [{ socket_id: '123.456', channel_name: 'private-hotel-harbour-hotel' }] }),
  answers: { 200: z.object({ auth: z.string() }).meta({ examples: [{ auth: 'key:4c3f…' }] }) },
  needsLogin: true,
});

export const realtimeRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    });

    app.post('/auth', authorize, async (request) => {
      const { socket_id: socketId, channel_name: channel } = request.body;
      const listener = listenerOf(request);
      return { auth: await authorizeChannel(request.ctx, { listener, socketId, channel }) };
    });
  };
