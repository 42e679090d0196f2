// The time by the server's clock: what it tells of its moments is compared with that, however wrong the clock of this device is.
//
// The header `Date` has whole seconds, and an answer takes its time: a difference below that is no difference.

/** Clocks that differ by less count as equal, in ms. */
const ALIKE_MS = 3000;

let ahead = 0;
let moved: () => void = () => undefined;

/** Hears when the server's clock turned out to be another than was thought. */
export function onClockMoved(listener: () => void): void {
  moved = listener;
}

/** Notes what the server's clock said when an answer came. One out of a cache says what it said long ago. */
export function noteServerTime(headers: Headers, at: number = Date.now()): void {
  if (headers.has('age')) return;
  const said = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(said)) return;
  // In the middle of the second.
  const by = said + 500 - at;
  if (Math.abs(by - ahead) <= ALIKE_MS) return;
  ahead = Math.abs(by) > ALIKE_MS ? by : 0;
  moved();
}

/** Now, by the server's clock. */
export const serverNow = (): number => Date.now() + ahead;
