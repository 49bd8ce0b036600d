/** A time of day as `HH:MM`. Sorts as text. */
export type ClockTime = string;

const TWELVE_HOURS = /^(0?[1-9]|1[0-2])(?::([0-5]\d))?\s*([ap])\.?m\.?$/i;
const FULL_DAY = /^([01]?\d|2[0-3]):([0-5]\d)(?::00)?$/;

/** Parses a time such as `10:00 AM`, `6pm` or `18:00`; null for other text. */
export function parseClockTime(text: string): ClockTime | null {
  const trimmed = text.trim();
  const [, hour, minute = '00', half] = TWELVE_HOURS.exec(trimmed) ?? [];
  if (hour !== undefined && half !== undefined) {
    const afterNoon = half.toLowerCase() === 'p' ? 12 : 0;
    return `${String((Number(hour) % 12) + afterNoon).padStart(2, '0')}:${minute}`;
  }
  const [, fullHour, fullMinute] = FULL_DAY.exec(trimmed) ?? [];
  return fullHour === undefined || fullMinute === undefined ? null : `${fullHour.padStart(2, '0')}:${fullMinute}`;
}

/** Formats a time on the twelve-hour clock: `10:00 AM`. */
export function formatTwelveHours(time: ClockTime): string {
  const hour = Number(time.slice(0, 2));
  return `${String(hour % 12 === 0 ? 12 : hour % 12)}:${time.slice(3, 5)} ${hour < 12 ? 'AM' : 'PM'}`;
}
