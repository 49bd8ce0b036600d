import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** What an answer has of its own, and not from helmet. */
const NOT_HELMETS = ['connection', 'content-length', 'content-type', 'date', 'keep-alive'];

/**
 * Every answer tells browsers what they may do with it, in the headers that helmet chooses.
 *
 * They are always the same, and helmet makes them anew for every request, at half of what a kept answer costs: so it is
 * asked once.
 */
export async function sendSecurityHeaders(app: FastifyInstance, options: { readonly isHttps: boolean }): Promise<void> {
  const headers = await askHelmet(options);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

async function askHelmet({ isHttps }: { readonly isHttps: boolean }): Promise<Record<string, string>> {
  const app = Fastify();
  await app.register(helmet, {
    // On plain http, as on a developer's machine, both would send the browser to an https that is not there.
    strictTransportSecurity: isHttps,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: isHttps ? [] : null } },
  });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  const ours = Object.entries(headers).filter(([name]) => !NOT_HELMETS.includes(name));
  return Object.fromEntries(ours.map(([name, value]) => [name, String(value)]));
}
