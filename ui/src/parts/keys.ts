// One place that listens to the keyboard. Whoever is mounted last wins a key, the shell never; typing into a field is never a shortcut.
import { useEffect, useRef } from 'react';

export interface Binding {
  /** `j`, `g h` (one after the other), `mod+k` (Ctrl, or ⌘). */
  keys: string;
  /** What it does; absent: not listed in the help. */
  does?: string;
  run: () => void;
}

/** How long after a first key the second one counts, in ms. */
const SEQUENCE_MS = 1000;

const stack: { current: readonly Binding[] }[] = [];
let first = { key: '', at: 0 };

/** The bindings that count now, the newest of each key. */
export function activeBindings(): Binding[] {
  const seen = new Map<string, Binding>();
  for (const { current } of stack) for (const binding of current) seen.set(binding.keys, binding);
  return [...seen.values()];
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}

/** The name of a key event, `undefined` for keys that are no shortcut's. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | undefined {
  if (event.altKey) return undefined;
  const key = event.key.length === 1 ? event.key : event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `mod+${key.toLowerCase()}` : key;
}

function find(keys: string): Binding | undefined {
  for (const { current } of [...stack].reverse()) {
    const found = current.find((binding) => binding.keys === keys);
    if (found) return found;
  }
  return undefined;
}

function pressed(event: KeyboardEvent): void {
  const name = keyName(event);
  if (name === undefined || event.defaultPrevented || event.repeat) return;
  const global = name.startsWith('mod+');
  if (!global && (typing(event.composedPath()[0] ?? event.target) || document.querySelector('[role="dialog"][data-open]'))) return;
  const sequence = event.timeStamp - first.at < SEQUENCE_MS ? find(`${first.key} ${name}`) : undefined;
  const found = sequence ?? find(name);
  first = sequence ? { key: '', at: 0 } : { key: name, at: event.timeStamp };
  if (!found) return;
  event.preventDefault();
  found.run();
}

/** Binds keys for as long as the component is there. What is `under` everything else gives way to any other. */
export function useKeys(bindings: readonly Binding[], under = false): void {
  const held = useRef(bindings);
  useEffect(() => {
    held.current = bindings;
  });
  useEffect(() => {
    if (stack.length === 0) window.addEventListener('keydown', pressed);
    // Not by the order of mounting alone: a page's effects run before those of the shell around it.
    if (under) stack.unshift(held);
    else stack.push(held);
    return () => {
      stack.splice(stack.indexOf(held), 1);
      if (stack.length === 0) window.removeEventListener('keydown', pressed);
    };
  }, [under]);
}
