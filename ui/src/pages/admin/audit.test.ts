import { describe, expect, it } from 'vitest';

import { asked, day, placeOf } from './audit.ts';

describe('the audit log', () => {
  it('asks for whole days', () => {
    const { since, until, actor } = asked({ from: '2026-11-22', to: '2026-11-22', actor: '  ' });
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(86_400_000);
    expect(actor).toBeUndefined();
    expect([day('2026-11-22'), day('2026-13-45'), day('yesterday'), day(7)]).toEqual(['2026-11-22', undefined, undefined, undefined]);
  });

  it('leads to what a call was about', () => {
    expect(placeOf('/api/flows/01k/cancel')).toEqual({ what: 'flow', id: '01k' });
    expect(placeOf('/api/projects/a%20b/secrets/token')).toEqual({ what: 'project-secrets', id: 'a b' });
    expect(placeOf('/api/groups/%E0%A4%A')).toBeUndefined();
    expect(placeOf('/api/settings')).toEqual({ what: 'settings', id: '' });
    expect(placeOf('/api/branches/01k')).toBeUndefined();
    expect(placeOf('/api/projects')).toBeUndefined();
  });
});
