import { z } from 'zod';
import { sayAmount, sayList } from '../../../domain/speech/agent-say.ts';
import { defineTool } from '../agent-tool.ts';

/** Characters of a description: enough to choose a service by. */
const MAX_DESCRIPTION = 200;
/** Providers listed per service; others can be requested by name. */
const MAX_PROVIDERS = 10;

export const listServicesTool = defineTool({
  name: 'list_services',
  description: 'Lists all bookable items: services with prices and providers, room types, and travel zones.',
  isReading: true,
  args: z.strictObject({}),
  example: {},
  run: async ({ session: { property } }) => {
    const { name, timezone, currency, phone } = property;
    const services = property.services.map((service) => ({
      code: service.code,
      name: service.name,
      description: service.description?.slice(0, MAX_DESCRIPTION) ?? null,
      durationMinutes: service.durationMinutes,
      pricing: service.pricing,
      price: Number(service.price),
      adultPrice: Number(service.adultPrice),
      childPrice: Number(service.childPrice),
      minimumTotal: Number(service.minimumTotal),
      isAtGuests: service.isAtGuests,
      maxAdults: service.maxAdults,
      maxChildren: service.maxChildren,
      providers: service.providers.slice(0, MAX_PROVIDERS).map(({ provider }) => provider),
    }));
    const roomTypes = property.roomTypes.map((roomType) => ({
      code: roomType.code,
      name: roomType.name,
      maxOccupancy: roomType.maxOccupancy,
      pricePerNight: Number(roomType.discountedPrice ?? roomType.basePrice),
    }));
    const zones = property.zones.map(({ code, name: zone, fee }) => ({ code, name: zone, fee: Number(fee) }));
    const offers = [
      ...services.map((each) => `${each.name}${each.price > 0 ? ` for ${sayAmount(each.price, currency)}` : ''}`),
      ...roomTypes.map((each) => `${each.name} from ${sayAmount(each.pricePerNight, currency)} a night`),
    ];
    const rest = offers.length > 5 ? `, and ${String(offers.length - 5)} more` : '';
    const say =
      offers.length === 0
        ? `${name} takes no bookings at the moment.`
        : `At ${name} you can book ${sayList(offers, rest === '' ? 'and' : 'or', 5)}${rest}.`;
    return { say, data: { property: name, timezone, currency, phone, services, roomTypes, zones } };
  },
});
