import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/access/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { getGuestWallet } from '../../services/money/wallet/get-guest-wallet.ts';
import { guestWalletView, viewGuestWallet } from '../shapes/views/money/wallet.ts';

const get = operation({
  id: 'getGuestWallet',
  summary: 'Reads the customer’s wallet balance',
  description: 'For tokens that may use the wallet: tokens mailed to the customer or created by staff.',
  tag: 'Guest',
  capability: 'WALLET',
  answers: { 200: guestWalletView },
});

export const guestWalletRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/wallet', get, async (request) => viewGuestWallet(await getGuestWallet(request.ctx, guestOf(request))));
  };
