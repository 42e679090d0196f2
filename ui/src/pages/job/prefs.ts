// How somebody likes to read logs, kept for the next one.
import { useState } from 'react';

export type Times = 'none' | 'clock' | 'since';

export interface LogPrefs {
  wrap: boolean;
  times: Times;
}

const KEY = 'kraken.log';
const USUAL: LogPrefs = { wrap: false, times: 'none' };

function stored(): LogPrefs {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<LogPrefs>) };
  } catch {
    // Storage is refused, or somebody wrote something else there.
    return USUAL;
  }
}

export function useLogPrefs(): [LogPrefs, (part: Partial<LogPrefs>) => void] {
  const [prefs, setPrefs] = useState(stored);
  return [
    prefs,
    (part) => {
      const next = { ...prefs, ...part };
      setPrefs(next);
      try {
        localStorage.setItem(KEY, JSON.stringify(next));
      } catch {
        // It holds until the page is left.
      }
    },
  ];
}

export const nextTimes = (times: Times): Times => (times === 'none' ? 'clock' : times === 'clock' ? 'since' : 'none');
