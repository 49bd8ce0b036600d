import { z } from 'zod';
import { formatInstant } from '../../../../domain/time/format-time.ts';
import { formatLocal } from '../../../../domain/time/wall-time.ts';
import type { OpenSlots } from '../../../../services/stock/time/list-open-slots.ts';

const MINUTE_MS = 60_000;

export const slotsView = z
  .object({
    timezone: z.string(),
    slots: z.array(
      z.object({
        startsAt: z.string(),
        endsAt: z.string(),
        localStart: z.string().describe('Wall time at the property, with offset.'),
        providers: z.array(z.string()).describe('Free providers.'),
      }),
    ),
    phone: z.string().nullable().describe('The property’s telephone number.'),
  })
  .meta({
    examples: [
      {
        timezone: 'America/Chicago',
        slots: [
          {
            startsAt: '2027-05-18T20:00:00.000Z',
            endsAt: '2027-05-18T21:00:00.000Z',
            localStart: '2027-05-18T15:00:00-05:00',
            providers: ['DANIELLE', 'RYAN'],
          },
        ],
        phone: '+1 312 555 0142',
      },
    ],
  });

export function viewSlots({ timezone, slots, durationMinutes, phone }: OpenSlots): z.output<typeof slotsView> {
  return {
    timezone,
    slots: slots.map(({ startsAt, providers }) => ({
      startsAt: formatInstant(startsAt),
      endsAt: formatInstant(startsAt + durationMinutes * MINUTE_MS),
      localStart: formatLocal(new Date(startsAt), timezone),
      providers: [...providers],
    })),
    phone,
  };
}
