import { describe, expect, it } from 'vitest';

import { channelName, eventName, noticeState } from './notices.ts';

describe('a notice', () => {
  it('says how it stands', () => {
    expect(noticeState({ state: 'owed', attempts: 0 }).word).toBe('To be sent');
    expect(noticeState({ state: 'owed', attempts: 3 }).word).toBe('Tried again');
    expect(noticeState({ state: 'given_up', attempts: 30 }).look).toBe('failed');
    expect(noticeState({ state: 'lost', attempts: 0 })).toEqual({ look: 'idle', word: 'lost' });
  });

  it('names channels and events, also ones that came later', () => {
    expect([channelName('github'), channelName('pager')]).toEqual(['status at GitHub', 'pager']);
    expect([eventName('regression'), eventName('paused')]).toEqual(['it broke', 'paused']);
  });
});
