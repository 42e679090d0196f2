import { expect, it } from 'vitest';

import { groupsOf, stepKey, stepLines, withinSteps } from './groups.ts';

const mark = (step: number, firstLine: number) => ({ step, firstLine });

it('gives each step its lines, the last one whatever comes', () => {
  expect(stepLines([mark(0, 0), mark(1, 10), mark(2, 10), mark(3, 25)], 40)).toEqual([
    { step: 0, first: 0, last: 9 },
    { step: 2, first: 10, last: 24 },
    { step: 3, first: 25, last: undefined },
  ]);
});

it('leaves out steps that wrote nothing', () => {
  expect(stepLines([mark(1, 5), mark(0, 0)], 5)).toEqual([{ step: 0, first: 0, last: 4 }]);
  expect(stepLines([], 100)).toEqual([]);
});

it('never takes a step for the group that begins with its first line', () => {
  expect([stepKey(0), stepKey(7)]).toEqual([-1, -8]);
});

it('ends groups with the step that they began in', () => {
  const steps = stepLines([mark(0, 0), mark(1, 10)], 40);
  const groups = groupsOf([
    { number: 1, text: '::group::closed' },
    { number: 3, text: '::endgroup::' },
    { number: 5, text: '::group::left open' },
    { number: 12, text: '::group::open at the end' },
  ]);
  expect(withinSteps(groups, steps).map(({ first, last }) => [first, last])).toEqual([
    [1, 3],
    [5, 9],
    [12, undefined],
  ]);
  expect(withinSteps(groups, [])).toEqual(groups);
});
