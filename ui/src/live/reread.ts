// Which queries are read again for which key: those that begin with its parts.
//
// Invariant: what is shown was read after the moment from which its changes are told. So a key that is settled costs one more reading of
// the thing itself, and all that hangs on it is read again only if that one is another than before.
import type { InvalidateQueryFilters, QueryClient } from '@tanstack/react-query';

import { refresher } from './refresh.ts';
import type { Key, Told } from './source.ts';

const readers = new WeakMap<QueryClient, Told>();

const keyOf = (name: string): string[] => name.split(':');

/** What is being read at this moment may have been read before the change: it is read once more. */
async function reread(client: QueryClient, filters: InvalidateQueryFilters): Promise<void> {
  const underway = new Set(client.getQueryCache().findAll({ ...filters, type: 'active', fetchStatus: 'fetching' }).map((query) => query.queryHash));
  await client.invalidateQueries(filters, { cancelRefetch: false });
  if (underway.size === 0) return;
  await client.refetchQueries({ ...filters, type: 'active', predicate: (query) => underway.has(query.queryHash) }, { cancelRefetch: false });
}

/** Keys that stand for one thing, which is the query that they name. Lists are told by keys that name none, or more than one. */
const isThing = (name: string): boolean => /^(?:flow|run|job):/.test(name);

async function settle(client: QueryClient, name: string): Promise<void> {
  const queryKey = keyOf(name);
  const before: unknown = client.getQueryData(queryKey);
  if (!isThing(name) || before === undefined) {
    await reread(client, { queryKey });
    return;
  }
  await reread(client, { queryKey, exact: true });
  // Equal data stay the same object.
  if (client.getQueryData(queryKey) === before) return;
  await reread(client, { queryKey, predicate: (query) => query.queryKey.length > queryKey.length });
}

export function readerOf(client: QueryClient): Told {
  const known = readers.get(client);
  if (known) return known;
  const changed = refresher((name) => reread(client, { queryKey: keyOf(name) }));
  const settled = refresher((name) => settle(client, name));
  const made: Told = (key: Key, news) => (news === 'changed' ? changed : settled)(key);
  readers.set(client, made);
  return made;
}
