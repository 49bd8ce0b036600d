import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WEBHOOK_EVENTS } from '../../../src/integrations/stripe/webhook/webhook-endpoint.ts';

test('operations name the events that the endpoint at Stripe subscribes to, all of them and no other', () => {
  const text = readFileSync('docs/operations.md', 'utf8');
  const [, item = ''] = /- Stripe's endpoint `\/webhooks\/stripe` subscribes to ([^]*?)\n- /.exec(text) ?? [];
  expect([...item.matchAll(/`([a-z_.]+)`/g)].map(([, name]) => name)).toEqual([...WEBHOOK_EVENTS]);
});
