// Where lines come from. The engine knows nothing of HTTP.

export interface Line {
  /** From 0. People see it from 1. */
  number: number;
  /** RFC 3339. */
  time: string;
  text: string;
}

export interface Slice {
  lines: Line[];
  /** How many lines the log has so far. */
  total: number;
  /** Whether it will grow no more. */
  complete: boolean;
}

export interface LogSource {
  /** Lines from `from` on; at most `count`, fewer when they are long. */
  read(from: number, count: number, signal: AbortSignal): Promise<Slice>;
  /** The last `count` lines. */
  tail(count: number, signal: AbortSignal): Promise<Slice>;
}
