// Has anything of what people look at changed? One interface; today's source asks, a later one may be told over a socket.

/** What the server can watch: one flow, run or job, the newest runs of a branch, all agents, the head of the queue. */
export type Key = `${'flow' | 'run' | 'job' | 'branch'}:${string}` | 'agents' | 'queue';

export interface LiveSource {
  /** Calls `changed` with each watched key whose version differs from the last one seen. Ends with the function returned. */
  watch(keys: readonly Key[], changed: (key: Key) => void): () => void;
}

/** What one call of `/api/changes` brings; `null` when nothing changed (304). */
export interface Seen {
  etag: string;
  changed: Record<string, number>;
  next_ms: number;
}

export type Ask = (keys: readonly Key[], etag: string | undefined, signal: AbortSignal) => Promise<Seen | null>;
