import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { limitGuesses } from '../../http/limits/limits.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { readProviderFeed } from '../../services/calendar/read-provider-feed.ts';
import { ICALENDAR_TYPE, icalendarView, viewProviderCalendar } from '../views/time/icalendar.ts';

const feed = operation({
  summary: 'The calendar of a provider, for whoever has its link',
  description: 'A calendar program subscribes to it: an appointment that moved or was cancelled changes there too.',
  tag: 'Public',
  params: z.object({ token: z.string().max(100) }),
  answers: { 200: icalendarView },
  errors: ['not_found'],
});

export const calendarFeedRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const countGuess = limitGuesses(app, ctx.config);

    app.get('/:token.ics', feed, async (request, reply) => {
      try {
        const calendar = await readProviderFeed(contextOf(ctx, request), request.params.token);
        reply.header('cache-control', 'private, max-age=60').type(ICALENDAR_TYPE);
        return viewProviderCalendar(calendar);
      } catch (error) {
        if (error instanceof AppError) await countGuess(request);
        throw error;
      }
    });
  };
