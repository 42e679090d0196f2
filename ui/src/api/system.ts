// What holds for the whole system: its settings, who did what, and how it is.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';
import type { NewSettings } from './generated/types.gen.ts';
import { read } from './plain.ts';

/** For administrators alone. */
export const settings = () => queryOptions({ queryKey: ['settings'], queryFn: ({ signal }) => answer(api.getSettings({ signal })) });

export const setSettings = (body: NewSettings) => answer(api.putSettings({ body }));

/** A call that changed something. */
export interface AuditView {
  at: string;
  request_id: string;
  /** The id of the token that it was made with, and what that was called then. */
  token: string;
  actor: string;
  /** `POST /api/flows/{flow}/cancel`. */
  action: string;
  /** The same in words. */
  words?: string | null;
  /** With the ids. */
  path: string;
  /** The project whose roles allowed it. */
  project?: string | null;
  made?: { kind: string; id: string } | null;
}

export interface AuditAsked {
  project?: string | undefined;
  actor?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** Who did what, the newest first. A page may be empty although more follow. */
export const audit = (asked: AuditAsked) =>
  infiniteQueryOptions({
    queryKey: ['audit', asked],
    queryFn: ({ pageParam, signal }) => read<{ items: AuditView[]; next?: string | null }>('audit', { ...asked, cursor: pageParam, limit: 100 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export interface QueueState {
  name: string;
  /** Counts are estimates; absent ones are not known. */
  waiting?: number | null;
  in_progress?: number | null;
  /** Put aside for somebody to look at. */
  dead_letters?: number | null;
}

export interface DueState {
  kind: string;
  /** Up to 100. */
  count: number;
  since?: string | null;
}

export interface Diagnostics {
  version: string;
  /** `aws`, or `local`: all in one process. */
  home: string;
  now: string;
  started_at: string;
  uptime_s: number;
  importing_since?: string | null;
  queues: QueueState[];
  due: DueState[];
  agents: Record<string, number>;
  agents_more: boolean;
  search: { there: boolean; behind?: number | null };
}

const LOOKED_EVERY = 15_000;

export const diagnostics = () =>
  queryOptions({
    queryKey: ['diagnostics'],
    queryFn: ({ signal }) => read<Diagnostics>('diagnostics', {}, signal),
    refetchInterval: LOOKED_EVERY,
  });
