import { describe, expect, it } from 'vitest';

import type { Diagnostics } from '../../api/generated/types.gen.ts';
import { dueCount, dueState, dueWords, troubles } from './diagnostics.ts';

const NOW = Date.parse('2026-11-22T21:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const fine: Diagnostics = {
  version: '0.1.0',
  home: 'local',
  now: ago(0),
  started_at: ago(3600),
  uptime_s: 3600,
  queues: [{ name: 'results', waiting: 3, in_progress: 1, dead_letters: 0 }, { name: 'planner' }],
  due: [{ kind: 'job', count: 4, since: ago(20) }, { kind: 'notice', count: 0 }],
  agents: { idle: 3 },
  agents_more: false,
  search: { there: true, behind: 2 },
};

describe('diagnostics', () => {
  it('find nothing where all is well', () => {
    expect(troubles(fine, NOW + 5000)).toEqual([]);
    expect(fine.due.map((due) => dueState(due, NOW).word)).toEqual(['Under way', 'Nothing due']);
  });

  it('name dead letters, what waits too long, an import, and clocks that differ', () => {
    const bad = { ...fine, queues: [{ name: 'results', dead_letters: 1 }], due: [{ kind: 'job', count: 100, since: ago(200) }], importing_since: ago(60) };
    const [dead, late, importing, skew] = troubles(bad, NOW + 90_000);
    expect(dead).toContain('1 message of the queue results');
    expect(late).toContain('100 or more jobs to be looked after: the first has been due for 3 m 20 s');
    expect(importing).toContain('1 m 00 s ago');
    expect(skew).toContain('differ by 1 m 30 s');
  });

  it('know kinds that came later by their names', () => {
    expect([dueWords('notice'), dueWords('moon_phase'), dueCount(99)]).toEqual(['notices to be sent to people', 'moon phase', '99']);
  });
});
