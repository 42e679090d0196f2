// The changes that flows were started with.
import { queryOptions } from '@tanstack/react-query';

import { type Change, readChange } from '../words/changes.ts';
import { answer } from './call.ts';
import { getFlowsByFlowChanges, getFlowsByFlowChangesSinceGreen } from './generated/sdk.gen.ts';
import type { ChangesSinceGreen, FlowMark } from './generated/types.gen.ts';

/** They are what they were from the flow's first moment. */
export const flowChanges = (id: string) =>
  queryOptions({
    queryKey: ['flow-changes', id],
    queryFn: async ({ signal }) => (await answer(getFlowsByFlowChanges({ path: { flow: id }, signal }))).map((change) => readChange(change)),
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface SinceGreen extends Omit<ChangesSinceGreen, 'items'> {
  items: { flow: FlowMark; changes: Change[] }[];
}

/** The commits of the flows after the last that passed, up to this one, newest first. */
export const sinceGreen = (id: string) =>
  queryOptions({
    queryKey: ['flow-changes', id, 'since-green'],
    queryFn: async ({ signal }): Promise<SinceGreen> => {
      const since = await answer(getFlowsByFlowChangesSinceGreen({ path: { flow: id }, signal }));
      return { ...since, items: since.items.map((item) => ({ ...item, changes: item.changes.map((change) => readChange(change)) })) };
    },
    staleTime: 60_000,
  });
