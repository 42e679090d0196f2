// Reads again what changed on the server, for as long as a component looks at it.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { ask } from './ask.ts';
import { readerOf } from './reread.ts';
import type { Key, LiveSource } from './source.ts';
import { Tabs } from './tabs.ts';

let source: LiveSource | undefined;

/** Watches what the page could read: of what it could not, there is nothing to read again. */
export function useLive(keys: readonly Key[]): void {
  const client = useQueryClient();
  const name = keys.join(',');
  useEffect(() => {
    if (name === '') return;
    source ??= new Tabs(ask);
    return source.watch(name.split(',') as Key[], readerOf(client));
  }, [client, name]);
}
