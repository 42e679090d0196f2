// Webhooks of a project: by which kinds of git hosts it is told of changes, and what they told.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';

const LIST_EVERY = 15_000;

export const webhooks = (project: string) =>
  queryOptions({
    queryKey: ['webhooks', project],
    queryFn: ({ signal }) => answer(api.getProjectsByProjectWebhooks({ path: { project }, signal })),
  });

/** What a kind of host told in the last days, the newest first. */
export const deliveries = (project: string, host: string) =>
  infiniteQueryOptions({
    queryKey: ['webhooks', project, host, 'deliveries'],
    queryFn: ({ pageParam, signal }) => answer(api.getProjectsByProjectWebhooksByHostDeliveries({ path: { project, host }, query: { cursor: pageParam, limit: 50 }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LIST_EVERY,
    placeholderData: keepPreviousData,
  });

export const makeWebhook = (project: string, host: string) => answer(api.putProjectsByProjectWebhooksByHost({ path: { project, host } }));
/** Another key; the one before is good for so many seconds more. */
export const rotateWebhook = (project: string, host: string, keep_s: number) => answer(api.postProjectsByProjectWebhooksByHostRotate({ path: { project, host }, body: { keep_s } }));
export const deleteWebhook = (project: string, host: string) => answer(api.deleteProjectsByProjectWebhooksByHost({ path: { project, host } }));
