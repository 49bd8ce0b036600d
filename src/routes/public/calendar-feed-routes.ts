import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { limitGuesses } from '../../http/limits/limits.ts';
import { operation } from '../../http/contract/operation.ts';
import { readProviderFeed } from '../../services/desk/calendar/read-provider-feed.ts';
import { ICALENDAR_TYPE, icalendarView, viewProviderCalendar } from '../shapes/views/time/icalendar.ts';

const feed = operation({
  id: 'getProviderCalendarFeed',
  summary: 'Reads a provider’s calendar by its secret link',
  description: 'For subscriptions in calendar programs: rescheduled and cancelled appointments are updated.',
  tag: 'Public',
  params: z.object({ token: z.string().max(100) }),
  answers: { 200: icalendarView },
  errors: ['not_found'],
});

export const calendarFeedRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const countGuess = limitGuesses(ctx.config);

    app.get('/:token.ics', feed, async (request, reply) => {
      try {
        const calendar = await readProviderFeed(request.ctx, request.params.token);
        reply.header('cache-control', 'private, max-age=60').type(ICALENDAR_TYPE);
        return viewProviderCalendar(calendar);
      } catch (error) {
        if (error instanceof AppError) await countGuess(request);
        throw error;
      }
    });
  };
