import { AppError } from '../../../errors.ts';
import type { RoomTypeFields } from './room-type-details.ts';

interface RoomTypeTerms {
  readonly maxOccupancy: number;
  readonly baseOccupancy: number;
  readonly basePrice: number | bigint;
  readonly discountedPrice: number | bigint | null;
}

/** Refuses members of a room type that contradict each other. Throws: validation_failed with all of them. */
export function assertRoomTypeAgrees(roomType: RoomTypeTerms): void {
  const { maxOccupancy, baseOccupancy, basePrice, discountedPrice } = roomType;
  const rules: readonly [isBroken: boolean, path: string, message: string][] = [
    [baseOccupancy > maxOccupancy, 'baseOccupancy', 'must not exceed maxOccupancy'],
    [discountedPrice !== null && discountedPrice > basePrice, 'discountedPrice', 'must not exceed basePrice'],
  ];
  const errors = rules.filter(([isBroken]) => isBroken).map(([, path, message]) => ({ path, message }));
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}

/** Lists the prices of a room type by their paths. */
export function listPrices(fields: Partial<RoomTypeFields>) {
  const { basePrice, discountedPrice, extraAdultCharge, extraChildCharge } = fields;
  return { basePrice, discountedPrice, extraAdultCharge, extraChildCharge };
}
