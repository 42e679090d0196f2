// What people and programs are told of a run.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';

/** Read again while something is still to be told: that a far side answered changes nothing of the run. */
const OWED_EVERY = 5000;

export const runNotices = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'notices'],
    queryFn: ({ signal }) => answer(api.getRunsByRunNotices({ path: { run }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.some((notice) => notice.state === 'owed') === true ? OWED_EVERY : false),
  });
