// What holds for the whole system: its settings, who did what, and how it is. For administrators.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';
import type { GetAuditData, NewSettings } from './generated/types.gen.ts';

/** How often what nothing tells of is read again while somebody looks, in ms. */
const LOOKED_EVERY = 15_000;

export const settings = () => queryOptions({ queryKey: ['settings'], queryFn: ({ signal }) => answer(api.getSettings({ signal })) });

export const setSettings = (body: NewSettings) => answer(api.putSettings({ body }));

export type AuditAsked = Pick<NonNullable<GetAuditData['query']>, 'project' | 'actor' | 'since' | 'until'>;

/** Who did what, the newest first. A page may be empty although more follow. */
export const audit = (asked: AuditAsked) =>
  infiniteQueryOptions({
    queryKey: ['audit', asked],
    queryFn: ({ pageParam, signal }) => answer(api.getAudit({ query: { ...asked, cursor: pageParam, limit: 100 }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const diagnostics = () => queryOptions({ queryKey: ['diagnostics'], queryFn: ({ signal }) => answer(api.getDiagnostics({ signal })), refetchInterval: LOOKED_EVERY });
