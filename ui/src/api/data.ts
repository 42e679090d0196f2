// User data of flows: one JSON document each. Saved only over the version that was read.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import { getFlowsByFlowData, putFlowsByFlowData } from './generated/sdk.gen.ts';

export interface Document {
  value: unknown;
  /** As it was sent: a whole number in it may be larger than `value` can say. */
  text: string;
  /** The version, to be named when it is replaced. Nothing where something on the way took it: then it can't be replaced. */
  etag: string | undefined;
}

export const flowData = (flow: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'data'],
    queryFn: async ({ signal }): Promise<Document> => {
      const result = await getFlowsByFlowData({ path: { flow }, parseAs: 'text', signal, cache: 'no-store' });
      const sent: unknown = await answer<unknown>(Promise.resolve(result));
      if (typeof sent !== 'string') throw new TypeError('the data came as no text');
      return { value: JSON.parse(sent) as unknown, text: sent, etag: result.response?.headers.get('etag') ?? undefined };
    },
  });

export const saveFlowData = (flow: string, value: object, etag: string) =>
  answer<unknown>(putFlowsByFlowData({ path: { flow }, body: value, headers: { 'If-Match': etag } }));
