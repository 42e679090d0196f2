// Flows with their runs. Those that a list brought without are read by themselves, the finished ones only once.
import { useQueries } from '@tanstack/react-query';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { flow } from '../../api/queries.ts';
import { useLive } from '../../live/useLive.ts';
import { isFlowOver } from '../../words/states.ts';

/** The flows in the same order; those not read yet come without runs. */
export function useFlows(listed: readonly FlowView[]): FlowView[] {
  const bare = listed.filter((item) => item.runs == null);
  const whole = useQueries({
    queries: bare.map((item) => ({
      ...flow(item.id),
      staleTime: (query: { state: { data: FlowView | undefined } }) => (query.state.data && isFlowOver(query.state.data) ? 60_000 : 2000),
      placeholderData: undefined,
    })),
    combine: (results) => new Map(results.flatMap((result) => (result.data ? [[result.data.id, result.data] as const] : []))),
  });
  const flows = listed.map((item) => whole.get(item.id) ?? item);
  useLive(bare.filter((item) => !isFlowOver(whole.get(item.id) ?? item)).map((item) => `flow:${item.id}` as const));
  return flows;
}
