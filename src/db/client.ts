import type { PrismaClient } from './generated/client.ts';

export { Prisma, PrismaClient } from './generated/client.ts';
export type {
  ApiKey,
  Booking,
  BookingEvent,
  Customer,
  Dispute,
  GatewayOperation,
  HeldMove,
  InventoryNight,
  Membership,
  LedgerTransfer,
  Payment,
  PaymentMethod,
  Promo,
  Property,
  RefreshToken,
  Refund,
  Room,
  RoomAssignment,
  RoomType,
  Stay,
  TaxRule,
  User,
  WebhookEvent,
} from './generated/client.ts';

export type Db = PrismaClient;

declare const insideTransaction: unique symbol;
/** A transaction in progress. Branded, and without `$transaction`, so that a forgotten transaction does not compile. */
export type Tx = Omit<PrismaClient, '$transaction' | '$connect' | '$disconnect' | '$on' | '$use' | '$extends'> & {
  readonly [insideTransaction]: true;
};
/** A client or a transaction, for queries that are correct in both. */
export type Queryable = Pick<Tx, '$queryRaw' | '$executeRaw' | 'booking' | 'property' | 'room' | 'roomType'>;
