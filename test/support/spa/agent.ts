import { createApiKey } from '../../../src/services/platform/api-key/create-api-key.ts';
import { requestOf } from '../server/request-of.ts';
import type { Answer, CallOptions, TestApp } from '../server/app.ts';
import { travelTo } from '../database/clock.ts';

/** A demo spa in Chicago: FACIAL (60 minutes), BOTOX, LASER; DANIELLE does all, RYAN no BOTOX; Mon to Sat 9 to 18. */
export const SPA = 'glow-medspa';

/** A Monday morning, nine o'clock in Chicago, before the clocks go forward on Sunday, March 14. */
export const MONDAY = '2027-03-08T15:00:00Z';

export const dana = { firstName: 'Dana', lastName: 'Ortiz', email: 'dana@example.com', phone: '+13125550100' };

export interface TestAgent {
  readonly path: string;
  readonly token: string;
  /** Calls a tool with plain JSON. Answers what was answered. */
  call(tool: string, args?: object, options?: CallOptions): Promise<Answer>;
  /** The same, when it must go well. */
  do(tool: string, args?: object, options?: CallOptions): Promise<any>;
  /** Books a facial for Dana. Answers the booking as agents see it. */
  book(when: string, overrides?: object): Promise<any>;
}

export function openAgent(t: TestApp, slug = SPA, token = `hf_demo_agent_${slug}`): TestAgent {
  const path = `/v1/agent/properties/${slug}/tools`;
  const call: TestAgent['call'] = (tool, args = {}, options = {}) =>
    t.call('POST', `${path}/${tool}`, { body: args, token, ...options });
  const must: TestAgent['do'] = async (tool, args, options) => {
    const { status, body } = await call(tool, args, options);
    if (status !== 200 || body.ok !== true) throw new Error(`${tool} was refused: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    path,
    token,
    call,
    do: must,
    book: async (when, overrides = {}) => {
      const { data } = await must('create_booking', { service: 'Facial', when, guest: dana, ...overrides });
      return data.booking;
    },
  };
}

/** Sets the database's clock to that Monday. */
export async function startOnMonday(t: TestApp): Promise<void> {
  await travelTo(t.database, MONDAY);
}

/** A key of the property's, for agents. */
export async function makeKey(
  t: TestApp,
  propertyId: string,
  options: { maxLiveHolds?: number } = {},
): Promise<string> {
  const data = { propertyId, name: 'Test', scopes: ['agent'], maxLiveHolds: 20, expiresAt: null };
  return (await createApiKey(requestOf(t.ctx), { ...data, ...options })).key;
}
