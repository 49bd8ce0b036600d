import { z } from 'zod';
import type { Prisma, Room } from '../../../../db/client.ts';
import { toPlainDate } from '../../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../../domain/time/calendar.ts';
import { storedResponse } from '../../../core/idempotency/stored-response.ts';

export const HOUSEKEEPING_STATUSES = ['CLEAN', 'DIRTY', 'INSPECTED', 'OUT_OF_ORDER'] as const;

const listedRoom = z
  .object({
    number: z.string(),
    roomType: z.object({ code: z.string() }).readonly(),
    floor: z.number().nullable(),
    housekeepingStatus: z.enum(HOUSEKEEPING_STATUSES),
    /** The nights [from, to) of the block. Only responses of new rooms are stored, and a new room has no block. */
    outOfOrder: z.object({ from: z.string(), to: z.string() }).readonly().nullable().default(null),
  })
  .readonly();
export type ListedRoom = z.output<typeof listedRoom>;

export const storedRoom = storedResponse('room', listedRoom);

/** The relations that the list of rooms needs. */
export const ROOM_PARTS = { roomType: { select: { code: true } } } as const satisfies Prisma.RoomInclude;

/** Converts a room's row for the list of rooms. */
export function toListedRoom(room: Prisma.RoomGetPayload<{ include: typeof ROOM_PARTS }>): ListedRoom {
  const { number, floor, housekeepingStatus } = room;
  return { number, roomType: { code: room.roomType.code }, floor, housekeepingStatus, outOfOrder: rangeOf(room) };
}

export type NightRange = { readonly from: PlainDate; readonly to: PlainDate } | null;

/** Reads the nights of a room's block; null without a block. */
export function rangeOf({ outOfOrderFromOn, outOfOrderToOn }: Room): NightRange {
  if (outOfOrderFromOn === null || outOfOrderToOn === null) return null;
  return { from: toPlainDate(outOfOrderFromOn), to: toPlainDate(outOfOrderToOn) };
}
