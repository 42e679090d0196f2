import { describe, expect, it } from 'vitest';

import { draftOf, settingsOf, told, wrongDraft } from './settings-draft.ts';

const VIEW = {
  version: 3,
  public_url: 'https://ci.example.com',
  smtp: { server: 'mail.example.com', port: 587, security: 'starttls', user: 'ci', password_set: true, from: 'Kraken <ci@example.com>' },
  slack: { api: null, token_set: true, webhook_set: false },
};

describe('settings', () => {
  it('that nobody changed are sent as they were, their secrets not at all', () => {
    expect(settingsOf(draftOf(VIEW), 3)).toEqual({
      version: 3,
      public_url: 'https://ci.example.com',
      smtp: { server: 'mail.example.com', port: 587, security: 'starttls', user: 'ci', from: 'Kraken <ci@example.com>', password: undefined },
      slack: { api: null, token: undefined, webhook: undefined },
    });
    expect(settingsOf(draftOf({ version: 0 }), 0)).toEqual({ version: 0, public_url: null, smtp: null, slack: null });
  });

  it('replace and remove secrets', () => {
    const draft = { ...draftOf(VIEW), password: { how: 'new' as const, value: 'hunter22' }, slackToken: { how: 'none' as const, value: '' } };
    expect(settingsOf(draft, 3)).toMatchObject({ smtp: { password: 'hunter22' }, slack: { token: '' } });
    expect(told(draft)).toContain('mail password: another one');
    expect(told(draft)).not.toContain('hunter22');
  });

  it('want a server, a sender and a port that there is', () => {
    const draft = draftOf(VIEW);
    expect(wrongDraft(draft)).toBeUndefined();
    expect(wrongDraft({ ...draft, server: ' ' })).toMatch(/server/);
    expect(wrongDraft({ ...draft, from: '' })).toMatch(/from/);
    expect(wrongDraft({ ...draft, port: '0' })).toMatch(/port/);
    expect(wrongDraft({ ...draft, port: '' })).toBeUndefined();
    expect(wrongDraft({ ...draft, mail: false, server: '' })).toBeUndefined();
  });
});
