// The tools that steps may name, with the schemas of their fields.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';

export type { Tools, ToolVersion, ToolView } from './generated/types.gen.ts';

export const tools = () =>
  queryOptions({
    queryKey: ['tools'],
    queryFn: ({ signal }) => answer(api.getTools({ signal })),
    // They change with the server only.
    staleTime: Number.POSITIVE_INFINITY,
  });
