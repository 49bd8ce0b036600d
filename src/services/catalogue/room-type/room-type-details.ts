import { z } from 'zod';
import type { RoomType } from '../../../db/client.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const roomTypeFields = z.object({
  name: z.string(),
  description: z.string().nullable(),
  maxOccupancy: z.number(),
  baseOccupancy: z.number(),
  basePrice: z.number(),
  discountedPrice: z.number().nullable(),
  extraAdultCharge: z.number(),
  extraChildCharge: z.number(),
  minStay: z.number(),
  isActive: z.boolean(),
});
/** The members of a room type that staff set; amounts in minor units. */
export type RoomTypeFields = Readonly<z.output<typeof roomTypeFields>>;

const roomTypeDetails = roomTypeFields.extend({ code: z.string(), currency: z.string() }).readonly();
export type RoomTypeDetails = z.output<typeof roomTypeDetails>;

export const storedRoomType = storedResponse('room type', roomTypeDetails);

/** Converts a room type's row to details, in the property's currency. */
export function toRoomTypeDetails(roomType: RoomType, currency: string): RoomTypeDetails {
  const { code, name, description, maxOccupancy, baseOccupancy, minStay, isActive } = roomType;
  return {
    code,
    name,
    description,
    maxOccupancy,
    baseOccupancy,
    basePrice: Number(roomType.basePrice),
    discountedPrice: roomType.discountedPrice === null ? null : Number(roomType.discountedPrice),
    extraAdultCharge: Number(roomType.extraAdultCharge),
    extraChildCharge: Number(roomType.extraChildCharge),
    minStay,
    isActive,
    currency,
  };
}
