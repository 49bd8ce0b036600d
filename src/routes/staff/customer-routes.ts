import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/caller.ts';
import { email, minorUnits, phone, searchText, slug, text } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf, pageQuery, readCursor, readRowCursor, spellCursor } from '../../http/contract/paging.ts';
import { contextOf } from '../../http/request-context.ts';
import { getCustomer } from '../../services/customer/get-customer.ts';
import { listCustomers } from '../../services/customer/list-customers.ts';
import { creditWallet } from '../../services/wallet/credit-wallet.ts';
import { debitWallet } from '../../services/wallet/debit-wallet.ts';
import { getWallet } from '../../services/wallet/get-wallet.ts';
import { customerDetailView, customerView, viewCustomer, viewCustomerDetail } from '../views/money/customer.ts';
import { viewWallet, walletView } from '../views/money/wallet.ts';

const params = z.object({ slug });
const customerParams = params.extend({ customer: z.uuid() });

const list = operation({
  summary: 'Customers of the property, the newest first',
  tag: 'Staff: customers',
  permission: 'customers.read',
  params,
  query: z.strictObject({
    email: email.optional(),
    phone: phone.optional().describe('A whole telephone number, written as anybody likes.'),
    q: searchText.optional().describe('Beginning of an e-mail address or of names; or a whole telephone number.'),
    ...pageQuery,
  }),
  answers: {
    200: pageOf(customerView).meta({
      examples: [{ items: customerView.meta()?.['examples'], nextCursor: null }],
    }),
  },
});

const get = operation({
  summary: 'One customer, with what they booked last',
  tag: 'Staff: customers',
  permission: 'customers.read',
  params: customerParams,
  answers: { 200: customerDetailView },
});

const wallet = operation({
  summary: 'What a customer has in the wallet, and how that came about',
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

const credit = operation({ ...change, summary: 'Puts money into a customer’s wallet' });

const debit = operation({
  ...change,
  summary: 'Takes money out of a customer’s wallet',
  description: 'Never more than is there and not set aside for a payment: `available` says how much that is.',
  errors: ['insufficient_wallet_balance'],
});

export const staffCustomerRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/customers', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { limit, cursor, ...filter } = request.query;
      const page = await listCustomers(ctx, { propertyId, filter, limit, after: readCursor(cursor) });
      return { items: page.items.map(viewCustomer), nextCursor: spellCursor(page.next) };
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
      const { propertyId, actor } = staffOf(request);
      const target = { propertyId, actor, customerId: request.params.customer };
      return viewWallet(await creditWallet(contextOf(ctx, request), { ...target, ...request.body }));
    });

    app.post('/customers/:customer/wallet/debits', debit, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const target = { propertyId, actor, customerId: request.params.customer };
      return viewWallet(await debitWallet(contextOf(ctx, request), { ...target, ...request.body }));
    });
  };
