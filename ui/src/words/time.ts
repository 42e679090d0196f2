// Moments and spans in words. `now` is an argument: only components ask the clock.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number) => String(value).padStart(2, '0');

/** `480 ms`, `7.2 s`, `34 s`, `4 m 05 s`, `2 h 07 m`, `3 d 4 h`. Clocks differ: less than nothing is nothing. */
export function span(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const left = Math.max(0, ms);
  if (left < SECOND) return `${Math.round(left)} ms`;
  if (left < 9.95 * SECOND) return `${(left / SECOND).toFixed(1)} s`;
  const seconds = Math.round(left / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Milliseconds between two moments of the API; `NaN` when one is missing. */
export function between(from: string | null | undefined, to: string | number | null | undefined): number {
  if (from == null || to == null) return Number.NaN;
  return (typeof to === 'number' ? to : Date.parse(to)) - Date.parse(from);
}

/** `just now`, `4 min ago`, `in 2 h`, and the date when it is more than a month away. */
export function ago(moment: string, now: number): string {
  const away = now - Date.parse(moment);
  if (Number.isNaN(away)) return '–';
  const size = Math.abs(away);
  if (size < 10 * SECOND) return 'just now';
  if (size > 30 * DAY) return date(moment);
  const amount =
    size < MINUTE
      ? `${Math.round(size / SECOND)} s`
      : size < HOUR
        ? `${Math.round(size / MINUTE)} min`
        : size < 36 * HOUR
          ? `${Math.round(size / HOUR)} h`
          : `${Math.round(size / DAY)} days`;
  return away > 0 ? `${amount} ago` : `in ${amount}`;
}

/** `2026-11-22`, in the reader's time zone. */
export function date(moment: string): string {
  const at = new Date(moment);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `2026-11-22 21:15:29`, in the reader's time zone. */
export function full(moment: string): string {
  const at = new Date(moment);
  return `${date(moment)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `21:15:29.4`, in the reader's time zone: what a log line shows. */
export function clock(moment: string): string {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${Math.floor(at.getMilliseconds() / 100)}`;
}

/** `0:07.3`, `1:02:07.3`: how long after the beginning a log line came. */
export function offset(ms: number): string {
  const tenths = Math.max(0, Math.floor(ms / 100));
  const [seconds, minutes, hours] = [Math.floor(tenths / 10) % 60, Math.floor(tenths / 600) % 60, Math.floor(tenths / 36_000)];
  const tail = `${two(seconds)}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
