// Has anything of what people look at changed? One interface; today's source asks, a later one may be told over a socket.

/** What the server can watch: one flow, run or job, the newest runs of a branch, all agents, the head of the queue. */
export type Key = `${'flow' | 'run' | 'job' | 'branch'}:${string}` | 'agents' | 'queue';

/** `settled`: the key is watched from now on. What was read before may be older than that; later changes are told. */
export type Told = (key: Key, news: 'changed' | 'settled') => void;

export interface LiveSource {
  /** Tells of each key once that it is watched, and then whenever its version differs from the last one seen. Ends with the function returned. */
  watch(keys: readonly Key[], told: Told): () => void;
}

/** What one call of `/api/changes` brings; `null` when nothing changed (304). Keys that cannot be told have no version. */
export interface Seen {
  etag: string;
  changed: Record<string, number>;
  next_ms: number;
}

export type Ask = (keys: readonly Key[], etag: string | undefined, signal: AbortSignal) => Promise<Seen | null>;
