import { describe, expect, it } from 'vitest';

import { type Channel, CHANNELS, onOf, snippet } from './notification.ts';

const about = (channel: Channel) => CHANNELS.find((item) => item.channel === channel)!; // eslint-disable-line @typescript-eslint/no-non-null-assertion -- the list has all

describe('what a stage writes', () => {
  it('names only what is not usual', () => {
    expect(snippet(about('email'), 'ada@example.com, bob@example.com', '', [])).toContain('"email": ["ada@example.com", "bob@example.com"],');
    expect(snippet(about('email'), 'ada@example.com', '', ['failure', 'fixed'])).toContain('"email": {"to": ["ada@example.com"], "on": ["failure", "fixed"]},');
    expect(snippet(about('webhook'), 'https://x.example', '', ['end', 'start'])).toContain('"webhook": {"url": "https://x.example"},');
  });

  it('names secrets as each channel takes them', () => {
    expect(snippet(about('github'), '', 'gh-token', [])).toContain('"github": {"credentials": "gh-token"},');
    expect(snippet(about('discord'), '', 'hook', [])).toContain('{"webhook": "#{secrets.hook}"}');
    expect(snippet(about('webhook'), 'https://x.example', 'key', [])).toContain('{"url": "https://x.example", "secret": "key"}');
  });

  it('keeps quotes where they are', () => {
    expect(snippet(about('slack'), '#a"b', '', [])).toContain('{"channel": "#a\\"b"}');
  });

  it('reads events from an address', () => {
    expect(onOf('failure,nonsense,fixed')).toEqual(['failure', 'fixed']);
    expect(onOf(undefined)).toEqual([]);
  });
});
