import { expect, it } from 'vitest';

import { marks, verdictOf } from './marks.ts';

const flows = (looks: string) => looks.split(' ').map((word) => ({ look: word.split(':')[0] ?? '', like: word.split(':')[1] ?? 'main' }));
const marked = (looks: string) => marks(flows(looks), (flow) => verdictOf(flow.look), (flow) => flow.like);

it('marks what broke and what mended, newest first', () => {
  expect(marked('passed failed failed passed')).toEqual(['mended', undefined, 'broke', undefined]);
});

it('passes over what goes on or was cancelled', () => {
  expect(marked('running failed cancelled passed')).toEqual([undefined, 'broke', undefined, undefined]);
});

it('compares only what is alike', () => {
  expect(marked('failed:fix passed:main failed:fix passed:fix')).toEqual([undefined, undefined, 'broke', undefined]);
});
