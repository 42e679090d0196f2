import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';

import { readerOf } from './reread.ts';

const turns = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

/** Queries that somebody looks at, each answered when the test says so. */
function looking(...keys: string[][]) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 2000 } } });
  const asked: { name: string; answer: (data: unknown) => Promise<void> }[] = [];
  const ends = keys.map((queryKey) => {
    const queryFn = () => new Promise((resolve) => asked.push({ name: queryKey.join(' '), answer: (data) => (resolve(data), turns()) }));
    return new QueryObserver(client, { queryKey, queryFn }).subscribe(() => undefined);
  });
  return {
    told: readerOf(client),
    client,
    names: () => asked.map(({ name }) => name),
    answer: async (data: unknown) => {
      await asked.shift()?.answer(data);
    },
    end: () => {
      for (const end of ends) end();
      client.clear();
    },
  };
}

it('reads what is settled once more, and what hangs on it only if it changed', async () => {
  const { told, names, answer, end } = looking(['run', '1'], ['run', '1', 'jobs']);
  await answer({ version: 1 });
  await answer(['a job']);

  told('run:1', 'settled');
  expect(names()).toEqual(['run 1']);
  await answer({ version: 1 });
  expect(names()).toEqual([]);
  end();

  const other = looking(['run', '1'], ['run', '1', 'jobs']);
  await other.answer({ version: 1 });
  await other.answer(['a job']);
  other.told('run:1', 'settled');
  await other.answer({ version: 2 });
  expect(other.names()).toEqual(['run 1 jobs']);
  other.end();
});

it('reads a list that is settled once more', async () => {
  const { told, names, answer, end } = looking(['agents']);
  await answer(['an agent']);
  told('agents', 'settled');
  expect(names()).toEqual(['agents']);
  end();
});

it('reads once more what was being read when it changed', async () => {
  const { told, names, answer, client, end } = looking(['job', '1']);
  await answer({ state: 'running' });
  void client.refetchQueries({ queryKey: ['job', '1'] });
  expect(names()).toEqual(['job 1']);
  told('job:1', 'changed');
  // This answer may be of before the change.
  await answer({ state: 'running' });
  expect(names()).toEqual(['job 1']);
  await answer({ state: 'completed' });
  expect(client.getQueryData(['job', '1'])).toEqual({ state: 'completed' });
  end();
});
