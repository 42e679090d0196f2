import { expect, it } from 'vitest';

import { columnNames, depths } from './columns.ts';

const stage = (name: string, ...parents: string[]) => ({ name, parents });

it('puts parents before children, and stages that are gone at the end', () => {
  const stages = [stage('deploy', 'unit', 'lint'), stage('unit', 'build'), stage('lint'), stage('build')];
  expect(columnNames(stages, ['old', 'unit'])).toEqual(['lint', 'build', 'unit', 'deploy', 'old']);
});

it('survives circles and parents that are gone', () => {
  const found = depths([stage('a', 'b'), stage('b', 'a'), stage('c', 'gone')]);
  expect([...found.keys()].sort()).toEqual(['a', 'b', 'c']);
});
