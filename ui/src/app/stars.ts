// The branches that somebody calls theirs: kept in this browser alone, in step between its tabs.
import { useSyncExternalStore } from 'react';

const KEY = 'kraken.stars';
/** More are no choice any more. */
const STARS_MAX = 100;

const listeners = new Set<() => void>();
let kept: readonly string[] | undefined;

function read(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, STARS_MAX) : [];
  } catch {
    // Storage that is refused, or holds something else: then there are none.
    return [];
  }
}

const now = (): readonly string[] => (kept ??= read());

function tell(): void {
  for (const listener of listeners) listener();
}

function heard(event: StorageEvent): void {
  if (event.key !== KEY && event.key !== null) return;
  kept = undefined;
  tell();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', heard);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', heard);
  };
}

/** Stars a branch, or takes its star away; the newest star is the first. */
export function toggleStar(branch: string): void {
  const next = now().includes(branch) ? now().filter((item) => item !== branch) : [branch, ...now()].slice(0, STARS_MAX);
  kept = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // No storage, or a full one: it holds for this tab.
  }
  tell();
}

/** Ids of branches, the newest star first. */
export const useStars = (): readonly string[] => useSyncExternalStore(subscribe, now);
