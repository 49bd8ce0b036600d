import type { RoomType } from '../../db/client.ts';
import type { RoomTypeOffer } from '../../domain/availability/stay.ts';

/** What a room type is made of; amounts in minor units. Plain JSON, so that an answer can be kept. */
export interface RoomTypeFields extends Omit<RoomTypeOffer, 'id' | 'code' | 'nights'> {
  readonly description: string | null;
  readonly isActive: boolean;
}

export interface RoomTypeSheet extends RoomTypeFields {
  readonly code: string;
  readonly currency: string;
}

/** The room type as it is shown, in the property's currency. */
export function toSheet(roomType: RoomType, currency: string): RoomTypeSheet {
  const { code, name, description, maxOccupancy, baseOccupancy, minStay, isActive } = roomType;
  return {
    ...{ code, name, description, maxOccupancy, baseOccupancy },
    basePrice: Number(roomType.basePrice),
    discountedPrice: roomType.discountedPrice === null ? null : Number(roomType.discountedPrice),
    extraAdultCharge: Number(roomType.extraAdultCharge),
    extraChildCharge: Number(roomType.extraChildCharge),
    ...{ minStay, isActive, currency },
  };
}
