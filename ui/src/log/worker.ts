// Starts the worker that runs expressions, and ends it when an expression takes too long.
import workerUrl from './search.worker.ts?worker&url';
import type { News, Order } from './search.worker.ts';

/** How long an expression may be at one piece of work: a part of the log, the lines on the screen. */
const LIMIT_MS = 2000;

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

export interface Runner {
  post: (order: Order) => void;
  end: () => void;
}

/** `slow`: it was ended, because the expression took too long. */
export function startRunner(on: (news: Exclude<News, { kind: 'busy' | 'rests' }>) => void, slow: () => void): Runner {
  const address = (policy ? policy.createScriptURL(workerUrl) : workerUrl) as string;
  const worker = new Worker(address, { type: 'module', name: 'log search' });
  let limit: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    clearTimeout(limit);
    worker.terminate();
  };
  worker.onmessage = ({ data }: MessageEvent<News>) => {
    if (data.kind === 'busy') {
      limit = setTimeout(() => {
        end();
        slow();
      }, LIMIT_MS);
    } else if (data.kind === 'rests') clearTimeout(limit);
    else on(data);
  };
  worker.onerror = () => on({ kind: 'failed', status: 0, message: 'the search could not be started' });
  return { post: (order) => worker.postMessage(order), end };
}
