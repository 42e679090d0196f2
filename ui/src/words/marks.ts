// Which flow, or which stage of one, broke what was fine before, and which mended it. Pure.

export type Verdict = 'passed' | 'failed' | undefined;
export type Mark = 'broke' | 'mended';

/**
 * The mark of each item; items come newest first. One without a verdict (it goes on, or was cancelled) is passed over: the next
 * older one counts. `like` names what may be compared: flows of other kinds and repository branches say nothing of each other.
 */
export function marks<T>(items: readonly T[], verdict: (item: T) => Verdict, like: (item: T) => string): (Mark | undefined)[] {
  const before = new Map<string, Verdict>();
  const found: (Mark | undefined)[] = Array.from({ length: items.length }, () => undefined);
  for (const [index, item] of [...items.entries()].reverse()) {
    const now = verdict(item);
    if (now === undefined) continue;
    const then = before.get(like(item));
    if (then !== undefined && then !== now) found[index] = now === 'failed' ? 'broke' : 'mended';
    before.set(like(item), now);
  }
  return found;
}

export const verdictOf = (look: string): Verdict => (look === 'failed' || look === 'tests' ? 'failed' : look === 'passed' ? 'passed' : undefined);
