// What is set for a branch: variables, numbers, who may look in from outside, where stages come from. Apart from what every
// page needs, so that only settings load it.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';
import type { BranchChange, BranchFork, BranchMove, NewRetention, NewSequences, NewStageFromRepo, NewVariables, SourceSettings } from './generated/types.gen.ts';

/** Edited where it is shown: read again only when somebody asks, never under their hands. */
export const variables = (branch: string) =>
  queryOptions({
    queryKey: ['variables', branch],
    queryFn: ({ signal }) => answer(api.getBranchesByBranchEnv({ path: { branch }, signal })),
    refetchOnWindowFocus: false,
    staleTime: 0,
  });
export const setVariables = (branch: string, body: NewVariables) => answer(api.putBranchesByBranchEnv({ path: { branch }, body }));

export const sequences = (branch: string) =>
  queryOptions({
    queryKey: ['sequences', branch],
    queryFn: ({ signal }) => answer(api.getBranchesByBranchSequences({ path: { branch }, signal })),
    staleTime: 0,
  });
export const setSequences = (branch: string, body: NewSequences) => answer(api.putBranchesByBranchSequences({ path: { branch }, body }));

/** How the branch's badge looks now. Read with the token: a picture of an address could not show that of a closed branch. */
export const badge = (branch: string) =>
  queryOptions({
    queryKey: ['branch', branch, 'badge'],
    queryFn: async ({ signal }): Promise<string> => {
      const svg: unknown = await answer(api.getBranchesByBranchBadgesBuildSvg({ path: { branch }, parseAs: 'text', signal }));
      return typeof svg === 'string' ? svg : '';
    },
  });

export const changeBranch = (branch: string, body: BranchChange) => answer(api.putBranchesByBranch({ path: { branch }, body }));
export const forkBranch = (branch: string, body: BranchFork) => answer(api.postBranchesByBranchFork({ path: { branch }, body }));
export const moveBranch = (branch: string, body: BranchMove) => answer(api.postBranchesByBranchMove({ path: { branch }, body }));

/** What has to be read again when a branch is another than before. */
export const touchedByBranch = (branch: { id: string }, project: string) => [['branch-named', project], ['branch', branch.id], ['branches', project], ['every-branch']];

export const makeStageFromRepo = (branch: string, body: NewStageFromRepo) => answer(api.postBranchesByBranchStagesFromRepo({ path: { branch }, body }));
export const setSource = (stage: string, body: SourceSettings) => answer(api.putStagesByStageSource({ path: { stage }, body }));
/** The code stays as it is, to be changed here from then on. */
export const forgetSource = (stage: string) => answer(api.deleteStagesByStageSource({ path: { stage } }));
export const refreshStage = (stage: string) => answer(api.postStagesByStageRefresh({ path: { stage } }));

/** Edited where it is shown, as variables are. */
export const retention = (branch: string) =>
  queryOptions({
    queryKey: ['retention', branch],
    queryFn: ({ signal }) => answer(api.getBranchesByBranchRetention({ path: { branch }, signal })),
    refetchOnWindowFocus: false,
    staleTime: 0,
  });
export const setRetention = (branch: string, body: NewRetention) => answer(api.putBranchesByBranchRetention({ path: { branch }, body }));
