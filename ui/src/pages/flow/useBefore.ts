// The flow before one, of its kind and for its repository branch.
import { useQuery } from '@tanstack/react-query';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { flow as flowQuery, lastFlows } from '../../api/queries.ts';
import { isFlowOver } from '../../words/states.ts';
import { usualFlowMs } from '../../words/usual.ts';

/** As far back as it is looked. */
const LOOKED_AT = 30;

/** The newest earlier one that is over and was not cancelled, with its runs. */
export function useBefore(flow: FlowView): FlowView | undefined {
  const found = useQuery({ ...lastFlows(flow.branch, LOOKED_AT, flow.kind === 'dev' ? 'dev' : 'ci'), refetchInterval: false, staleTime: 30_000 });
  const before = found.data?.items.find((item) => item.sequence < flow.sequence && item.branch_name === flow.branch_name && isFlowOver(item) && !item.cancelled);
  return useWhole(before?.id);
}

/** How long flows like this one usually take, in ms. The same list tells. */
export function useUsual(flow: FlowView): number | undefined {
  const found = useQuery({ ...lastFlows(flow.branch, LOOKED_AT, flow.kind === 'dev' ? 'dev' : 'ci'), refetchInterval: false, staleTime: 30_000 });
  return usualFlowMs(flow, found.data?.items ?? []);
}

/** A flow that is over, with its runs. */
export function useWhole(id: string | undefined): FlowView | undefined {
  return useQuery({ ...flowQuery(id ?? ''), enabled: id !== undefined, staleTime: 60_000, placeholderData: undefined }).data;
}
