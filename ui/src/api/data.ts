// User data of flows: one JSON document each. Saved only over the version that was read.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import { client } from './generated/client.gen.ts';
import { security } from './plain.ts';

export interface Document {
  value: unknown;
  /** The version, to be named when it is replaced. */
  etag: string | undefined;
}

const address = (flow: string) => `/api/flows/${encodeURIComponent(flow)}/data`;

export const flowData = (flow: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'data'],
    queryFn: async ({ signal }): Promise<Document> => {
      const result = await client.get({ url: address(flow), security, signal, cache: 'no-store' });
      const value = await answer<unknown>(Promise.resolve(result));
      return { value, etag: result.response?.headers.get('etag') ?? undefined };
    },
  });

export const saveFlowData = (flow: string, value: unknown, etag: string | undefined) =>
  answer<unknown>(client.put({ url: address(flow), security, body: value, headers: { 'Content-Type': 'application/json', 'If-Match': etag ?? '*' } }));
