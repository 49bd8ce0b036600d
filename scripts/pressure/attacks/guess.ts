import type { Attack } from '../attack.ts';
import { countStatuses, daysAhead, send } from '../send.ts';

const stay = () => ({ roomType: 'STANDARD', checkIn: daysAhead(30), checkOut: daysAhead(31), adults: 1, children: 0 });
const wrong = { email: 'owner@harbour-hotel.example', password: 'a wrong password' };

/** Attacks by trying. */
export const GUESS_ATTACKS: readonly Attack[] = [
  {
    name: '250 promo codes at once',
    run: async (base) => {
      const guess = (_: unknown, index: number) => {
        const body = { ...stay(), promoCode: `GUESS${String(index)}` };
        return send(`${base}/api/v1/public/properties/monsoon-palace/quotes`, { from: '10.4.0.1', body });
      };
      return countStatuses(await Promise.all(Array.from({ length: 250 }, guess)));
    },
  },
  {
    name: '400 logins at once',
    run: async (base) => {
      const guess = (_: unknown, index: number) =>
        send(`${base}/api/v1/auth/login`, { from: `10.5.0.${String(index % 250)}`, body: wrong });
      const answers = await Promise.all(Array.from({ length: 400 }, guess));
      const right = { email: wrong.email, password: 'holdfast-demo' };
      const owner = await send(`${base}/api/v1/auth/login`, { from: '198.51.100.7', body: right });
      return `${countStatuses(answers)}; the owner from elsewhere ${String(owner.status)}`;
    },
  },
  {
    name: '100 codes in sequence by an agent',
    run: async (base) => {
      const url = `${base}/api/v1/agent/properties/glow-medspa/tools/find_booking`;
      const year = daysAhead(0).slice(0, 4);
      const find = (_: unknown, index: number) => {
        const body = { code: `BK-${year}-${String(9_000 + index)}`, lastName: 'Pressure' };
        return send(url, { from: '10.6.0.1', body, token: 'hf_demo_agent_glow-medspa' });
      };
      return countStatuses(await Promise.all(Array.from({ length: 100 }, find)));
    },
  },
];
