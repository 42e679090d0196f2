// Reads things again without ever overtaking itself: changes that come while a reading is under way lead to one more
// reading, after a pause as long as it took. So a list of 10,000 rows that changes every second is still read to its end.

type Read = (name: string) => Promise<unknown>;

export interface Time {
  now(): number;
  after(ms: number, run: () => void): void;
}

const browserTime: Time = { now: () => performance.now(), after: (ms, run) => setTimeout(run, ms) };

const PAUSE_MAX_MS = 10_000;

export function refresher(read: Read, time: Time = browserTime): (name: string) => void {
  /** Names being read → whether they changed meanwhile. */
  const reading = new Map<string, boolean>();

  const begin = async (name: string): Promise<void> => {
    reading.set(name, false);
    const from = time.now();
    try {
      await read(name);
    } catch {
      // The panel that shows it says so.
    }
    const pause = Math.min(PAUSE_MAX_MS, time.now() - from);
    time.after(pause, () => {
      const again = reading.get(name) === true;
      reading.delete(name);
      if (again) void begin(name);
    });
  };

  return (name) => {
    if (reading.has(name)) reading.set(name, true);
    else void begin(name);
  };
}
