// Flows with their runs. Lists come without, so each is read by itself, the finished ones only once.
import { useQueries } from '@tanstack/react-query';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { flow } from '../../api/queries.ts';
import { useLive } from '../../live/useLive.ts';
import { isFlowOver } from '../../words/states.ts';

/** The flows in the same order; those not read yet come without runs. */
export function useFlows(listed: readonly FlowView[]): FlowView[] {
  const whole = useQueries({
    queries: listed.map((item) => ({
      ...flow(item.id),
      staleTime: (query: { state: { data: FlowView | undefined } }) => (query.state.data && isFlowOver(query.state.data) ? 60_000 : 2000),
      placeholderData: undefined,
    })),
    combine: (results) => results.map((result) => result.data),
  });
  const flows = listed.map((item, index) => whole[index] ?? item);
  useLive(flows.filter((item) => !isFlowOver(item)).map((item) => `flow:${item.id}` as const));
  return flows;
}
