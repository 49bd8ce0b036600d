import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { getGuestWallet } from '../../services/wallet/get-guest-wallet.ts';
import { guestWalletView, viewGuestWallet } from '../views/money/wallet.ts';

const get = operation({
  summary: 'What the customer has in the wallet',
  description: 'For links that may use it: the one mailed to the customer, and the one made by staff.',
  tag: 'Guest',
  capability: 'WALLET',
  answers: { 200: guestWalletView },
});

export const guestWalletRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/wallet', get, async (request) => viewGuestWallet(await getGuestWallet(ctx, guestOf(request))));
  };
