// Starts searches in the worker. One worker per search: ending it ends the search, wherever it is.
import workerUrl from './search.worker.ts?worker&url';
import type { SearchNews, SearchOrder } from './search.worker.ts';

interface Policy {
  createScriptURL(url: string): unknown;
}

/** Trusted Types: the only address that may become a script is the worker's own. */
const policy = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes?.createPolicy('kraken-log', {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError(`${url} is not the search worker`);
    return url;
  },
});

export function startSearch(order: SearchOrder, on: (news: SearchNews) => void): () => void {
  const address = (policy ? policy.createScriptURL(workerUrl) : workerUrl) as string;
  const worker = new Worker(address, { type: 'module', name: 'log search' });
  worker.onmessage = (event: MessageEvent<SearchNews>) => on(event.data);
  worker.onerror = () => on({ kind: 'failed', status: 0, message: 'the search could not be started' });
  worker.postMessage(order);
  return () => worker.terminate();
}
