import { describe, expect, it } from 'vitest';

import type { JobView, RunView, StageView } from '../api/generated/types.gen.ts';
import { spansOf } from './agents/spans.ts';
import { layout, waitsFor } from './flow/graph.ts';
import { readSteps } from './job/steps.ts';
import { shownJobs } from './run/filter.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22) + seconds * 1000).toISOString();
const job = (part: Partial<JobView>): JobView => ({
  id: 'job',
  run: 'run',
  flow: 'flow',
  name: 'unit',
  system: 'debian-12',
  executor: 'local',
  agents_group: 'all',
  config: 'default',
  state: 'completed',
  outcome: 'ok',
  stopping: false,
  created_at: at(0),
  timeout_s: 300,
  timeout_reason: '',
  assignments: 1,
  ...part,
});

describe('jobs of a run', () => {
  const jobs = [job({ name: 'unit arm64', outcome: 'step_error', message: 'exit code 3' }), job({ name: 'unit x64' }), job({ name: 'lint', state: 'queued', outcome: null })];

  it('are shown by state and by every word', () => {
    expect(shownJobs(jobs, 'failed', undefined).map((item) => item.name)).toEqual(['unit arm64']);
    expect(shownJobs(jobs, undefined, 'X64 unit').map((item) => item.name)).toEqual(['unit x64']);
    expect(shownJobs(jobs, undefined, 'code 3').map((item) => item.name)).toEqual(['unit arm64']);
    expect(shownJobs(jobs, 'queued', 'unit')).toEqual([]);
  });
});

describe('an agent', () => {
  it('was busy as long as its jobs ran within the time', () => {
    const jobs = [job({ started_at: at(-50), completed_at: at(10) }), job({ started_at: at(60), completed_at: null }), job({ started_at: null }), job({ started_at: at(20), completed_at: at(20) })];
    const { spans, busyMs } = spansOf(jobs, Date.parse(at(0)), Date.parse(at(100)));
    expect(spans.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.1],
      [0.6, 1],
    ]);
    expect(busyMs).toBe(50_000);
  });
});

describe('steps', () => {
  it('are read with what is there', () => {
    const [full, bare] = readSteps([{ name: 'test', tool: 'pytest', status: 'error', retcode: 1, started_at: at(1), attempts: 2 }, { name: '', tool: 'git', status: 'not_started' }]);
    expect(full).toMatchObject({ name: 'test', retcode: 1, attempts: 2, finishedAt: undefined });
    expect(bare).toMatchObject({ name: 'git', status: 'not_started', attempts: 0 });
    expect(readSteps(null)).toEqual([]);
  });
});

describe('the graph of stages', () => {
  const stage = (name: string, ...parents: string[]): StageView => ({ id: name, branch: 'b', name, description: '', enabled: true, parents, code_sha256: '', created_at: at(0), updated_at: at(0) });
  const run = (name: string): RunView => ({ id: `run-${name}`, flow: 'flow', stage: name, stage_name: name, label: '1.', state: 'processed', reason: 'flow', created_at: at(0), args: {}, jobs: { total: 1, waiting: 0, executing: 0, completed: 1, error: 0 } });

  it('goes from parents to children, and shows what would follow', () => {
    const { nodes, edges } = layout([run('build')], [stage('build'), stage('unit', 'build'), stage('deploy', 'unit'), stage('other')]);
    const x = new Map(nodes.map((node) => [node.name, node.x]));
    expect([...x.keys()].sort()).toEqual(['build', 'deploy', 'unit']);
    expect((x.get('build') ?? 0) < (x.get('unit') ?? 0) && (x.get('unit') ?? 0) < (x.get('deploy') ?? 0)).toBe(true);
    expect(edges).toHaveLength(2);
  });

  it('joins several parents, and tells which of them are still waited for', () => {
    const { edges } = layout([run('a'), run('b')], [stage('a'), stage('b'), stage('c', 'a', 'b')]);
    expect(edges.map((edge) => edge.key)).toEqual(['a\nc', 'b\nc']);
    expect(waitsFor(['a', 'b'], [{ ...run('a'), result: 'error' }, { ...run('a'), result: 'ok' }, { ...run('b'), result: 'error' }])).toEqual(['b']);
  });

  it('shows runs of stages that are gone, and survives circles', () => {
    const { nodes } = layout([run('gone'), run('a')], [stage('a', 'b'), stage('b', 'a')]);
    expect(nodes.map((node) => node.name).sort()).toEqual(['a', 'b', 'gone']);
  });
});
