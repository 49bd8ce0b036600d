import type { RawQueries } from '../../../db/connection/direct-query.ts';
import { readSlotOffer } from '../../../db/statements/read-slot-offer.ts';
import type { SlotQuery } from '../../../db/statements/read-slot-offer.ts';
import { withRetries } from '../../../db/transaction.ts';
import type { ServiceOffer, SlotOffer } from '../../../domain/availability/appointment.ts';
import { AppError } from '../../../errors.ts';

type ServiceQuery = Pick<SlotQuery, 'slug' | 'service' | 'from' | 'to'> & Partial<SlotQuery>;

/** A connection for reads: a context's, or a transaction's. */
export interface QueryScope {
  readonly db: RawQueries;
}

/** The offer of a service that exists. */
export type FoundService = SlotOffer & { readonly service: ServiceOffer };

/** Reads a service, its providers and their occupied times. Throws: not_found. */
export async function readSlots(ctx: QueryScope, query: ServiceQuery): Promise<FoundService> {
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
