// Moments and spans that move by themselves: one timer for the whole page, at rest while the page is hidden.
import { useSyncExternalStore } from 'react';

import { onClockMoved, serverNow } from '../api/clock.ts';
import { ago, between, full, span } from '../words/time.ts';

const EVERY_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = serverNow();

function tick(): void {
  if (document.hidden) return;
  now = serverNow();
  for (const listener of listeners) listener();
}

onClockMoved(tick);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const still = () => () => undefined;

/** The time, moving while `moving`. */
export function useNow(moving = true): number {
  return useSyncExternalStore(moving ? subscribe : still, () => now);
}

/** Clocks differ: what a server says of the last moments never lies ahead. */
const SKEW_MS = 60_000;

/** How long ago; the exact moment is its title. */
export function Ago({ at }: { at: string }) {
  const [seen, moment] = [useNow(), Date.parse(at)];
  const ahead = moment - seen;
  return (
    <time dateTime={at} title={full(at)}>
      {ago(at, ahead > 0 && ahead < SKEW_MS ? moment : seen)}
    </time>
  );
}

/** A span that is over, or one that still grows. Nothing before it began. */
export function Span({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const moving = from != null && to == null;
  const at = useNow(moving);
  return <span className="num">{from == null ? '–' : span(between(from, to ?? at))}</span>;
}
