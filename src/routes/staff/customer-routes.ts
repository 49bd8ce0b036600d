import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/access/caller.ts';
import { email, minorUnits, phone, searchText, slug, text } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf, pageQuery, readCursor, readRowCursor, encodeCursor } from '../../http/contract/paging.ts';
import { getCustomer } from '../../services/catalogue/customer/get-customer.ts';
import { listCustomers } from '../../services/catalogue/customer/list-customers.ts';
import { creditWallet } from '../../services/money/wallet/credit-wallet.ts';
import { debitWallet } from '../../services/money/wallet/debit-wallet.ts';
import { getWallet } from '../../services/money/wallet/get-wallet.ts';
import { customerDetailView, customerView, viewCustomer, viewCustomerDetail } from '../shapes/views/money/customer.ts';
import { viewWallet, walletView } from '../shapes/views/money/wallet.ts';

const params = z.object({ slug });
const customerParams = params.extend({ customer: z.uuid() });

const list = operation({
  id: 'listCustomers',
  summary: 'Lists customers, the newest first',
  tag: 'Staff: customers',
  permission: 'customers.read',
  params,
  query: z.strictObject({
    email: email.optional(),
    phone: phone.optional().describe('A complete telephone number in any format.'),
    q: searchText.optional().describe('The beginning of an email address or a name, or a complete telephone number.'),
    ...pageQuery,
  }),
  answers: {
    200: pageOf(customerView).meta({
      examples: [{ items: customerView.meta()?.['examples'], nextCursor: null }],
    }),
  },
});

const get = operation({
  id: 'getCustomer',
  summary: 'Reads a customer with their latest bookings',
  tag: 'Staff: customers',
  permission: 'customers.read',
  params: customerParams,
  answers: { 200: customerDetailView },
});

const wallet = operation({
  id: 'getCustomerWallet',
  summary: 'Reads a customer’s wallet with its transactions',
  tag: 'Staff: customers',
  permission: 'wallet.read',
  params: customerParams,
  query: z.strictObject(pageQuery),
  answers: { 200: walletView },
});

const change = {
  tag: 'Staff: customers',
  permission: 'wallet.change',
  params: customerParams,
  body: z
    .strictObject({ amount: minorUnits.min(1), reason: text(500) })
    .meta({ examples: [{ amount: 5_000, reason: 'Shower was cold' }] }),
  answers: { 200: walletView },
  isIdempotent: true,
} as const;

const credit = operation({ id: 'creditWallet', ...change, summary: 'Credits a customer’s wallet' });

const debit = operation({
  id: 'debitWallet',
  ...change,
  summary: 'Debits a customer’s wallet',
  description: 'At most the balance minus the reserved amounts.',
  errors: ['insufficient_wallet_balance'],
});

export const staffCustomerRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/customers', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { limit, cursor, ...filter } = request.query;
      const page = await listCustomers(ctx, { propertyId, filter, limit, after: readCursor(cursor) });
      return { items: page.items.map(viewCustomer), nextCursor: encodeCursor(page.next) };
    });

    app.get('/customers/:customer', get, async (request) => {
      const { propertyId } = staffOf(request);
      return viewCustomerDetail(await getCustomer(ctx, { propertyId, customerId: request.params.customer }));
    });

    app.get('/customers/:customer/wallet', wallet, async (request) => {
      const { propertyId } = staffOf(request);
      const { limit, cursor } = request.query;
      const target = { propertyId, customerId: request.params.customer };
      return viewWallet(await getWallet(ctx, { ...target, limit, beforeId: readRowCursor(cursor) }));
    });

    app.post('/customers/:customer/wallet/credits', credit, async (request) => {
      const { propertyId } = staffOf(request);
      const target = { propertyId, customerId: request.params.customer };
      return viewWallet(await creditWallet(request.ctx, { ...target, ...request.body }));
    });

    app.post('/customers/:customer/wallet/debits', debit, async (request) => {
      const { propertyId } = staffOf(request);
      const target = { propertyId, customerId: request.params.customer };
      return viewWallet(await debitWallet(request.ctx, { ...target, ...request.body }));
    });
  };
