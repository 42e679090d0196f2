import { describe, expect, it } from 'vitest';

import { bytes, counted } from './amounts.ts';
import { may } from './grants.ts';
import { called } from './labels.ts';
import { agentState, flowState, jobState, runState, waitsBehind } from './states.ts';
import { ago, offset, span } from './time.ts';

const counts = { total: 2, waiting: 0, executing: 0, completed: 2, error: 0 };

describe('spans', () => {
  it.each([
    [-500, '0 ms'],
    [480, '480 ms'],
    [7_240, '7.2 s'],
    [9_970, '10 s'],
    [59_700, '1 m 00 s'],
    [245_000, '4 m 05 s'],
    [2 * 3_600_000 + 7 * 60_000, '2 h 07 m'],
    [76 * 3_600_000, '3 d 4 h'],
    [Number.NaN, '–'],
  ])('%d ms reads %s', (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  it('counts log lines from the beginning', () => {
    expect([offset(7_345), offset(3_727_300), offset(-4)]).toEqual(['0:07.3', '1:02:07.3', '0:00.0']);
  });
});

describe('moments', () => {
  const now = Date.parse('2026-11-22T21:00:00Z');
  it.each([
    ['2026-11-22T20:59:58Z', 'just now'],
    ['2026-11-22T20:56:00Z', '4 min ago'],
    ['2026-11-22T23:00:00Z', 'in 2 h'],
    ['2026-11-18T21:00:00Z', '4 days ago'],
  ])('%s reads %s', (moment, words) => {
    expect(ago(moment, now)).toBe(words);
  });
});

describe('amounts', () => {
  it('read as people say them', () => {
    expect([bytes(29), bytes(1434), bytes(25_276_514_304), counted(1, 'job'), counted(12_000, 'job')]).toEqual([
      '29 B',
      '1.4 KiB',
      '23.5 GiB',
      '1 job',
      '12,000 jobs',
    ]);
  });
});

describe('states', () => {
  it('say how a job ended', () => {
    expect(jobState({ state: 'completed', outcome: 'job_timeout', stopping: false })).toEqual({ look: 'failed', word: 'Timed out' });
    expect(jobState({ state: 'running', stopping: true })).toEqual({ look: 'cancelled', word: 'Stopping' });
    expect(jobState({ state: 'queued', stopping: false, held: true })).toEqual({ look: 'queued', word: 'Waits for jobs' });
  });

  it('have a word for what a newer server says', () => {
    expect(jobState({ state: 'completed', outcome: 'eaten_by_whale' as never, stopping: false }).word).toBe('Eaten by whale');
    expect(agentState({ state: 'on_leave' })).toEqual({ look: 'idle', word: 'On leave' });
  });

  it('call a run failing as soon as one job failed', () => {
    const run = { state: 'in_progress' as const, jobs: { ...counts, executing: 1, completed: 1, error: 1 } };
    expect(runState(run).word).toBe('Failing');
  });

  it('tell a run that waits for its turn from one that is being made', () => {
    const run = { state: 'creating' as const, jobs: { ...counts, total: 0, completed: 0 } };
    expect(runState(run).word).toBe('Creating');
    expect(runState({ ...run, note: 'waits for its turn behind run 01m82flw-3 of its group' }).word).toBe('Waits its turn');
    expect(waitsBehind({ state: 'creating', note: 'waits for its turn behind run 01m82flw-3 of its group' })).toBe('01m82flw-3');
  });

  it('do not claim that a flow passed when its runs are not known', () => {
    expect(flowState({ state: 'completed', cancelled: false })).toEqual({ look: 'idle', word: 'Finished' });
    const words = (['ok', 'error', 'cancelled'] as const).map((result) => flowState({ state: 'completed', cancelled: false, result }).word);
    expect(words).toEqual(['Passed', 'Failed', 'Cancelled']);
  });

  it('leave out of a flow what was repeated with newer code', () => {
    const ended = (result: string, more: object = {}) => ({ state: 'processed', result, jobs: { ...counts, error: result === 'error' ? 1 : 0 }, ...more });
    const flow = (...runs: object[]) => flowState({ state: 'completed', cancelled: false, runs: runs as never }).word;
    expect(flow(ended('error'), ended('ok'))).toBe('Failed');
    expect(flow(ended('error', { covered_by: 'the next' }), ended('ok'))).toBe('Passed');
  });

  it('tell that a flow waits for a person only when nothing else goes on', () => {
    const manual = { state: 'manual', jobs: counts };
    const running = { state: 'in_progress', jobs: { ...counts, executing: 1 } };
    const flow = (...runs: object[]) => flowState({ state: 'in_progress', cancelled: false, runs: runs as never });
    expect(flow(manual).look).toBe('manual');
    expect(flow(manual, running).look).toBe('running');
  });
});

describe('labels', () => {
  it.each([
    ['4.', '4'],
    ['nightly 4.', 'nightly 4.'],
    ['v1.2', 'v1.2'],
    ['', ''],
  ])('%j is called %j', (label, name) => {
    expect(called(label)).toBe(name);
  });
});

describe('grants', () => {
  it('hold in their project, or everywhere, and include the lower roles', () => {
    const grants = [{ role: 'user' as const, project: 'shop' }, { role: 'viewer' as const }];
    const roles = ['viewer', 'user', 'admin'] as const;
    expect(roles.map((role) => may(grants, role, 'shop'))).toEqual([true, true, false]);
    expect(roles.map((role) => may(grants, role, 'docs'))).toEqual([true, false, false]);
    expect(roles.map((role) => may([{ role: 'admin', project: null }], role, null))).toEqual([true, true, true]);
    expect(may([{ role: 'admin', project: 'shop' }], 'viewer', null)).toBe(false);
    expect(may([{ role: 'king' as never }], 'viewer', 'shop')).toBe(false);
  });
});
