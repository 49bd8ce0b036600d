import { z } from 'zod';
import { toPlainDate } from '../../../domain/time/calendar.ts';
import type { ListedRoom } from '../../../services/room/list-rooms.ts';

export const HOUSEKEEPING_STATUSES = ['CLEAN', 'DIRTY', 'INSPECTED', 'OUT_OF_ORDER'] as const;

export const roomView = z
  .object({
    number: z.string(),
    roomType: z.string(),
    floor: z.int().nullable(),
    housekeepingStatus: z.enum(HOUSEKEEPING_STATUSES),
    outOfOrder: z
      .object({ from: z.string(), to: z.string() })
      .nullable()
      .describe('The nights [from, to) it can not be used.'),
  })
  .meta({ examples: [{ number: '501', roomType: 'SUITE', floor: 5, housekeepingStatus: 'CLEAN', outOfOrder: null }] });

export function viewRoom(room: ListedRoom): z.output<typeof roomView> {
  const { number, floor, housekeepingStatus, outOfOrderFromOn: from, outOfOrderToOn: to } = room;
  // A room that was just made comes as JSON when its answer is given again, so dates may be text.
  const outOfOrder =
    from === null || to === null ? null : { from: toPlainDate(new Date(from)), to: toPlainDate(new Date(to)) };
  return { number, roomType: room.roomType.code, floor, housekeepingStatus, outOfOrder };
}
