import type { RawQueries } from '../../db/connection/shortcut.ts';
import { readSlotOffer } from '../../db/statements/read-slot-offer.ts';
import type { SlotQuery } from '../../db/statements/read-slot-offer.ts';
import { withRetries } from '../../db/transaction.ts';
import type { ServiceOffer, SlotOffer } from '../../domain/availability/appointment.ts';
import { AppError } from '../../errors.ts';

type Query = Pick<SlotQuery, 'slug' | 'service' | 'from' | 'to'> & Partial<SlotQuery>;

/** A context, or a transaction in which something is about to be decided. */
export interface Reading {
  readonly db: RawQueries;
}

/** What a property offers of a service it has. */
export type FoundService = SlotOffer & { readonly service: ServiceOffer };

/** The service, who does it, and what is taken of their time, at this moment. Throws: not_found. */
export async function readSlots(ctx: Reading, query: Query): Promise<FoundService> {
  const { slug, provider = null } = query;
  const offer = await withRetries(() =>
    readSlotOffer(ctx.db, {
      ...query,
      provider,
      isStaff: query.isStaff ?? false,
      drawsCode: query.drawsCode ?? false,
      except: query.except ?? null,
    }),
  );
  if (offer === null) throw new AppError('not_found', { detail: `There is no property "${slug}".` });
  const { service } = offer;
  if (service === null) throw new AppError('not_found', { detail: `There is no service "${query.service}".` });
  if (provider !== null && offer.providers.length === 0) {
    throw new AppError('not_found', { detail: `There is no provider "${provider}" who does ${service.code}.` });
  }
  return { ...offer, service };
}
