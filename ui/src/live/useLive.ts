// Reads again what changed on the server, for as long as a component looks at it.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { ask } from './ask.ts';
import { refresher } from './refresh.ts';
import type { Key, LiveSource } from './source.ts';
import { Tabs } from './tabs.ts';

let source: LiveSource | undefined;
const refreshers = new WeakMap<QueryClient, (name: string) => void>();

/** Keys of queries begin with the parts of a watched key. */
function refresherOf(client: QueryClient): (name: string) => void {
  const known = refreshers.get(client);
  if (known) return known;
  const made = refresher((name) => {
    return client.invalidateQueries({ queryKey: name.split(':') }, { cancelRefetch: false });
  });
  refreshers.set(client, made);
  return made;
}

export function useLive(keys: readonly Key[]): void {
  const client = useQueryClient();
  const name = keys.join(',');
  useEffect(() => {
    if (name === '') return;
    source ??= new Tabs(ask);
    return source.watch(name.split(',') as Key[], refresherOf(client));
  }, [client, name]);
}
