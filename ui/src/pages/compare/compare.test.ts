import { describe, expect, it } from 'vitest';

import type { FlowView, JobView, RunView } from '../../api/generated/types.gen.ts';
import { isDifferent, parsePair, rowsOf } from './compare.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22) + seconds * 1000).toISOString();
const run = (flow: string, stage: string, result: RunView['result'], seconds: number): RunView => ({
  id: `${flow}-${stage}`, flow, stage, stage_name: stage, label: '1.', state: 'processed', result, reason: 'flow', created_at: at(0), started_at: at(0), completed_at: at(seconds), args: {},
  jobs: { total: 1, waiting: 0, executing: 0, completed: 1, error: Number(result === 'error') },
});
const flow = (id: string, ...runs: RunView[]): FlowView => ({
  id, project: 'p', branch: 'b', kind: 'ci', label: id, sequence: 1, own_sequence: 1, branch_name: 'main', state: 'completed', cancelled: false, created_at: at(0), args: {}, runs,
});
const job = (run: string, name: string, seconds: number, part: Partial<JobView> = {}): JobView => ({
  id: `${run}/${name}`, run, flow: 'f', name, system: 'debian-12', executor: 'local', agents_group: 'all', config: 'default', state: 'completed', outcome: 'ok', stopping: false, created_at: at(0),
  started_at: at(0), completed_at: at(seconds), timeout_s: 300, timeout_reason: '', assignments: 1, ...part,
});

describe('two flows beside each other', () => {
  const older = flow('old', run('old', 'build', 'ok', 60), run('old', 'lint', 'ok', 10));
  const newer = flow('new', run('new', 'build', 'error', 90), run('new', 'deploy', 'ok', 5));

  it('meet stage by stage', () => {
    const rows = rowsOf(older, newer, () => undefined);
    expect(rows.map(({ stage, mark, longer }) => [stage, mark, longer])).toEqual([
      ['build', 'broke', 30_000],
      ['deploy', undefined, Number.NaN],
      ['lint', undefined, Number.NaN],
    ]);
    expect(rows.every(isDifferent)).toBe(true);
  });

  it('meet job by job, without what was repeated', () => {
    const jobs: Record<string, JobView[]> = {
      'old-build': [job('old-build', 'unit', 60)],
      'new-build': [job('new-build', 'unit', 90, { id: 'first', outcome: 'step_error', covered_by: 'again' }), job('new-build', 'unit', 61, { id: 'again' }), job('new-build', 'more', 1, { config: 'slow' })],
    };
    const rows = rowsOf(older, newer, (of) => jobs[of.id]).filter((row) => row.job !== undefined);
    expect(rows.map(({ job: name, newer: side, mark }) => [name, side?.id, mark])).toEqual([
      ['unit · debian-12', 'again', undefined],
      ['more · debian-12 · slow', 'new-build/more', undefined],
    ]);
    expect(rows.map(isDifferent)).toEqual([false, true]);
  });

  it('are named in the address', () => {
    expect([parsePair('a..b'), parsePair('a'), parsePair('a..'), parsePair('a..b..c')]).toEqual([['a', 'b'], undefined, undefined, undefined]);
  });
});
