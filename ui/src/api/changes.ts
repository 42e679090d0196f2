// The changes that flows were started with.
import { queryOptions } from '@tanstack/react-query';

import { type Change, readChange } from '../words/changes.ts';
import { answer } from './call.ts';
import { getFlowsByFlowChanges } from './generated/sdk.gen.ts';
import { read } from './plain.ts';

/** They are what they were from the flow's first moment. */
export const flowChanges = (id: string) =>
  queryOptions({
    queryKey: ['flow-changes', id],
    queryFn: async ({ signal }) => (await answer(getFlowsByFlowChanges({ path: { flow: id }, signal }))).map((change) => readChange(change)),
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface FlowMark {
  id: string;
  label: string;
  created_at: string;
  result?: string | null;
}

interface Since<C> {
  /** The newest earlier flow that ended without errors. */
  green?: FlowMark | null;
  /** How many came after it, this one included. */
  flows: number;
  older_not_looked_at: boolean;
  items: { flow: FlowMark; changes: C[] }[];
  flows_left_out: number;
  commits_left_out: number;
}
export type SinceGreen = Since<Change>;

/** The commits of the flows after the last that passed, up to this one, newest first. */
export const sinceGreen = (id: string) =>
  queryOptions({
    queryKey: ['flow-changes', id, 'since-green'],
    queryFn: async ({ signal }): Promise<SinceGreen> => {
      const since = await read<Since<unknown>>(`flows/${encodeURIComponent(id)}/changes/since-green`, {}, signal);
      return { ...since, items: since.items.map((item) => ({ ...item, changes: item.changes.map((change) => readChange(change)) })) };
    },
    staleTime: 60_000,
  });
