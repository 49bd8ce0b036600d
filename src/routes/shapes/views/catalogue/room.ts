import { z } from 'zod';
import { HOUSEKEEPING_STATUSES } from '../../../../services/catalogue/room-type/room/room-details.ts';
import type { ListedRoom } from '../../../../services/catalogue/room-type/room/room-details.ts';

export const roomView = z
  .object({
    number: z.string(),
    roomType: z.string(),
    floor: z.int().nullable(),
    housekeepingStatus: z.enum(HOUSEKEEPING_STATUSES),
    outOfOrder: z
      .object({ from: z.string(), to: z.string() })
      .nullable()
      .describe('The out-of-order nights; `to` is excluded.'),
  })
  .meta({ examples: [{ number: '501', roomType: 'SUITE', floor: 5, housekeepingStatus: 'CLEAN', outOfOrder: null }] });

export function viewRoom(room: ListedRoom): z.output<typeof roomView> {
  const { number, floor, housekeepingStatus, outOfOrder } = room;
  return { number, roomType: room.roomType.code, floor, housekeepingStatus, outOfOrder };
}
