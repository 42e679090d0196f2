import { expect, it } from 'vitest';

import { middle, queuedMs, usualFlowMs, usualRunMs } from './usual.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 21, 0, second)).toISOString();
const flow = (sequence: number, took: number, part: object = {}) => ({ sequence, kind: 'ci' as const, branch_name: 'main', state: 'completed' as const, cancelled: false, result: 'ok' as const, created_at: at(0), completed_at: at(took), ...part });

it('the middle is what is usual, the larger of two', () => {
  expect(middle([])).toBeUndefined();
  expect(middle([3, 1, 2])).toBe(2);
  expect(middle([4, 1, 2, 3])).toBe(3);
});

it('only earlier flows of the kind and branch that passed count, and three of them', () => {
  const of = flow(9, 0);
  const others = [flow(10, 59), flow(8, 10), flow(7, 20), flow(6, 50, { result: 'error' }), flow(5, 50, { cancelled: true }), flow(4, 50, { kind: 'dev' }), flow(3, 50, { branch_name: 'other' })];
  expect(usualFlowMs(of, others)).toBeUndefined();
  expect(usualFlowMs(of, [...others, flow(2, 40)])).toBe(20_000);
});

it('waits are added up, those that go on until now, those of repeated jobs not, none below nothing', () => {
  const now = Date.parse(at(30));
  const jobs = [
    { created_at: at(0), started_at: at(5), completed_at: at(20) },
    { created_at: at(10) },
    { created_at: at(0), started_at: at(9), covered_by: 'another' },
    { created_at: at(9), started_at: at(8) },
    { created_at: at(0), completed_at: at(2) },
  ];
  expect(queuedMs(jobs, now)).toBe(27_000);
});

it('runs of the same stage in other flows tell what is usual of a run', () => {
  const run = (flow: string, took: number, part: object = {}) => ({ flow, stage: 's', result: 'ok' as const, started_at: at(0), completed_at: at(took), ...part });
  const flows = [{ runs: [run('mine', 50)] }, { runs: [run('a', 10), run('a', 40, { stage: 'other' })] }, { runs: null }, { runs: [run('b', 20), run('b', 3, { result: 'error' })] }];
  expect(usualRunMs({ flow: 'mine', stage: 's' }, flows)).toBeUndefined();
  expect(usualRunMs({ flow: 'mine', stage: 's' }, [...flows, { runs: [run('c', 30)] }])).toBe(20_000);
});
