import { randomUUID } from 'node:crypto';
import type { Answer, TestApp } from '../server/app.ts';
import { guest } from '../hotel/build.ts';
import type { Desk } from '../hotel/desk.ts';

/** A customer of the property, without a booking. Answers the id. */
export async function addCustomer(
  t: TestApp,
  propertyId: string,
  email = `${randomUUID()}@example.com`,
): Promise<string> {
  const { firstName, lastName } = guest;
  const { id } = await t.ctx.db.customer.create({
    data: { propertyId, firstName, lastName, email, emailNormalized: email.toLowerCase() },
  });
  return id;
}

/** The customer of a booking. */
export async function customerOf(t: TestApp, code: string): Promise<string> {
  const { customerId } = await t.ctx.db.booking.findUniqueOrThrow({ where: { code }, select: { customerId: true } });
  return customerId;
}

/** Puts money into a wallet, or takes it out of it where the amount is below zero. */
export async function changeWallet(desk: Pick<Desk, 'call'>, customerId: string, amount: number): Promise<void> {
  const verb = amount > 0 ? 'credits' : 'debits';
  const body = { amount: Math.abs(amount), reason: 'Test' };
  const answer = await desk.call('POST', `/customers/${customerId}/wallet/${verb}`, { body });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

/** Asks for more than is in the wallet of somebody who has booked there. */
export async function overdraw(desk: Desk): Promise<Answer> {
  await desk.book();
  const customers = await desk.call('GET', '/customers');
  const debit = { amount: 1_000_000, reason: 'Nothing like that is there' };
  return desk.call('POST', `/customers/${String(customers.body.items[0].id)}/wallet/debits`, { body: debit });
}

/** Whether the property's ledger adds up, asked by a stranger: one sum per currency that is not zero, and wallets below zero. */
export async function findLedgerFaults(t: TestApp, propertyId: string): Promise<unknown[]> {
  return t.database.sql(
    `SELECT 'sum' AS fault, currency::text AS account, sum(balance)::text AS balance FROM ledger_accounts WHERE property_id = $1
       GROUP BY currency HAVING sum(balance) <> 0
     UNION ALL
     SELECT 'below zero', kind::text, balance::text FROM ledger_accounts
       WHERE property_id = $1 AND kind IN ('WALLET', 'BOOKING', 'REFUNDS') AND (balance < 0 OR reserved < 0 OR reserved > greatest(balance, 0))`,
    [propertyId],
  );
}
