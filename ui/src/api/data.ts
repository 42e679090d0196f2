// User data of flows: one JSON document each. Saved only over the version that was read.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import { getFlowsByFlowData, putFlowsByFlowData } from './generated/sdk.gen.ts';

export interface Document {
  value: unknown;
  /** The version, to be named when it is replaced. */
  etag: string | undefined;
}

export const flowData = (flow: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'data'],
    queryFn: async ({ signal }): Promise<Document> => {
      const result = await getFlowsByFlowData({ path: { flow }, signal, cache: 'no-store' });
      const value = await answer<unknown>(Promise.resolve(result));
      return { value, etag: result.response?.headers.get('etag') ?? undefined };
    },
  });

export const saveFlowData = (flow: string, value: object, etag: string | undefined) =>
  answer<unknown>(putFlowsByFlowData({ path: { flow }, body: value, headers: { 'If-Match': etag } }));
