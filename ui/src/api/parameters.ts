// What people are asked who start a flow.
import { queryOptions } from '@tanstack/react-query';

import { read } from './plain.ts';

/** What the stages that start with a flow ask for under one name. */
export interface FlowParameter {
  name: string;
  type: string;
  /** Absent where the stages differ: each takes its own then. */
  default?: string | null;
  description: string;
  /** Absent or empty: any value. */
  choices?: string[];
  stages: { stage: string; default: string }[];
}

export const parameters = (branchId: string) =>
  queryOptions({
    queryKey: ['parameters', branchId],
    queryFn: ({ signal }) => read<{ items: FlowParameter[] }>(`branches/${encodeURIComponent(branchId)}/parameters`, {}, signal),
    retry: false,
  });
