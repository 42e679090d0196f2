// What happened elsewhere on the page, said once and quietly. Errors stay until they are closed.
import { useSyncExternalStore } from 'react';

import { IconButton } from './Button.tsx';
import { ByHand, copyText } from './Copy.tsx';
import { ProblemNote } from './Problem.tsx';

interface Toast {
  id: number;
  text?: string;
  error?: unknown;
  /** A text that the person has to copy. */
  byHand?: { text: string; what: string };
}

const STAYS_MS = 5000;
const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let last = 0;

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function drop(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

function add(toast: Omit<Toast, 'id'>): number {
  last += 1;
  const id = last;
  set([...toasts.slice(-3), { ...toast, id }]);
  return id;
}

export const toast = {
  say: (text: string): void => {
    const id = add({ text });
    setTimeout(() => drop(id), STAYS_MS);
  },
  fail: (error: unknown): void => {
    add({ error });
  },
  /** Copies a text, or has the person do it. */
  copy: (text: string, what: string, said: string): void => {
    copyText(text).then(() => toast.say(said), () => add({ byHand: { text, what } }));
  },
};

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="region" aria-label="Messages" aria-live="polite">
      {shown.map((item) => (
        <div key={item.id} className="toast">
          <div className="grow">{item.byHand ? <ByHand {...item.byHand} /> : (item.text ?? <ProblemNote error={item.error} />)}</div>
          <IconButton icon="close" label="Dismiss" onClick={() => drop(item.id)} />
        </div>
      ))}
    </div>
  );
}
