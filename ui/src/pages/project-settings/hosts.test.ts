import { describe, expect, it } from 'vitest';

import { cameTo, deliveryState, hostOf, HOSTS, reachable } from './hosts.ts';

describe('a webhook', () => {
  const started = { pending: false, outcomes: [{ words: 'no branch tracks it' }, { words: 'started', flow: 'flw' }] };
  const nothing = { pending: false, outcomes: [{ words: 'no branch tracks it', flow: null }] };

  it('tells what came of a delivery', () => {
    expect(deliveryState({ ...nothing, pending: true }).look).toBe('queued');
    expect(deliveryState(started).look).toBe('passed');
    expect(deliveryState(nothing).look).toBe('cancelled');
    expect([started, nothing].map((delivery) => cameTo(delivery, 'flow'))).toEqual([true, false]);
    expect([started, nothing].map((delivery) => cameTo(delivery, 'nothing'))).toEqual([false, true]);
    expect([started, nothing].map((delivery) => cameTo(delivery, undefined))).toEqual([true, true]);
  });

  it('knows each kind of host, and shows one that it does not know', () => {
    expect(HOSTS.map((host) => host.slug)).toEqual(['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'bitbucket-server']);
    expect(hostOf('sourcehut').name).toBe('sourcehut');
  });

  it('says when no host could reach this server', () => {
    expect(reachable('https://ci.example.com')).toBe(true);
    for (const origin of ['http://ci.example.com', 'https://localhost:8411', 'http://127.0.0.1:8411', 'http://[::1]:8411']) expect(reachable(origin)).toBe(false);
  });
});
