// What a trigger says, in words. Pure.
import type { TriggerView } from '../../api/generated/types.gen.ts';
import { full, span } from '../../words/time.ts';

const KINDS: Record<string, string> = { interval: 'interval', date: 'date', cron: 'cron', repo: 'commits' };

export const kindOf = ({ kind }: Pick<TriggerView, 'kind'>): string => KINDS[kind] ?? kind;

/** `every 10 m 00 s`; nothing for a single date, which is its next due. */
export function everyOf({ kind, every_s: every }: Pick<TriggerView, 'kind' | 'every_s'>): string | undefined {
  if (every == null) return undefined;
  return kind === 'repo' ? `looks every ${short(every)}` : `every ${short(every)}`;
}

/** Whole minutes, hours and days without what is zero in them. */
export function short(seconds: number): string {
  for (const [size, unit] of [[86_400, 'd'], [3600, 'h'], [60, 'min']] as const) if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit}`;
  return span(seconds * 1000);
}

/** The same moment as `full`, read off a clock in another time zone; nothing for a zone that this browser does not know. */
export function inZone(moment: string, zone: string): string | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(moment));
    const at = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    return `${at('year')}-${at('month')}-${at('day')} ${at('hour')}:${at('minute')}:${at('second')}`;
  } catch {
    return undefined;
  }
}

/** The moment in the trigger's own zone, where that reads otherwise than here. */
export function elsewhere(moment: string, zone: string | null | undefined): string | undefined {
  if (zone == null) return undefined;
  const there = inZone(moment, zone);
  return there === undefined || there === full(moment) ? undefined : `${there.slice(0, 16)} in ${zone}`;
}
