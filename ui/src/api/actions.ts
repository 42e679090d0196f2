// What people do, one function per action.
import { answer } from './call.ts';
import { client } from './generated/client.gen.ts';
import * as api from './generated/sdk.gen.ts';
import type { ArtifactAddress, NewBranch, NewEnrolmentToken, NewFlow, NewGroup, NewProject, NewStage, NewToken, RerunWhich, StageChange } from './generated/types.gen.ts';

export const makeProject = (body: NewProject) => answer(api.postProjects({ body }));
export const deleteProject = (project: string) => answer(api.deleteProjectsByProject({ path: { project } }));
export const makeBranch = (project: string, body: NewBranch) => answer(api.postProjectsByProjectBranches({ path: { project }, body }));
export const deleteBranch = (branch: string) => answer(api.deleteBranchesByBranch({ path: { branch } }));

export const makeStage = (branch: string, body: NewStage) => answer(api.postBranchesByBranchStages({ path: { branch }, body }));
export const changeStage = (stage: string, body: StageChange) => answer(api.putStagesByStage({ path: { stage }, body }));
export const deleteStage = (stage: string) => answer(api.deleteStagesByStage({ path: { stage } }));
/** Would this code be accepted, and what jobs would a run of it have? */
export const checkStage = (branch: string, name: string, code: string, signal: AbortSignal) =>
  answer(api.postBranchesByBranchStagesCheck({ path: { branch }, body: { name, code }, signal }));

/** `key` makes a repeated call give the same flow: a second click, a lost answer. */
export const startFlow = (branch: string, body: NewFlow, key: string) =>
  answer(api.postBranchesByBranchFlows({ path: { branch }, body, headers: { 'Idempotency-Key': key } }));
export const cancelFlow = (flow: string) => answer(api.postFlowsByFlowCancel({ path: { flow } }));

export const startRun = (run: string) => answer(api.postRunsByRunStart({ path: { run } }));
export const cancelRun = (run: string) => answer(api.postRunsByRunCancel({ path: { run } }));
export const rerunRun = (run: string, jobs: RerunWhich) => answer(api.postRunsByRunRerun({ path: { run }, body: { jobs } }));
/** As a new run of the same stage in the same flow. */
export const rerunNewest = (run: string) => answer(api.postRunsByRunRerun({ path: { run }, body: { jobs: 'all', newest_code: true } }));

export const cancelJob = (job: string) => answer(api.postJobsByJobCancel({ path: { job } }));
export const rerunJob = (job: string) => answer(api.postJobsByJobRerun({ path: { job } }));

export const authoriseAgent = (agent: string) => answer(api.postAgentsByAgentAuthorise({ path: { agent } }));
export const enableAgent = (agent: string) => answer(api.postAgentsByAgentEnable({ path: { agent } }));
export const disableAgent = (agent: string) => answer(api.postAgentsByAgentDisable({ path: { agent } }));
export const deleteAgent = (agent: string) => answer(api.deleteAgentsByAgent({ path: { agent } }));
export const setAgentGroups = (agent: string, groups: string[]) => answer(api.putAgentsByAgentGroups({ path: { agent }, body: { groups } }));

export const makeGroup = (body: NewGroup) => answer(api.postGroups({ body }));
export const deleteGroup = (name: string) => answer(api.deleteGroupsByName({ path: { name } }));
export const makeEnrolmentToken = (body: NewEnrolmentToken) => answer(api.postEnrolmentTokens({ body }));
export const deleteEnrolmentToken = (token: string) => answer(api.deleteEnrolmentTokensByToken({ path: { token } }));
export const makeToken = (body: NewToken) => answer(api.postTokens({ body }));
export const deleteToken = (token: string) => answer(api.deleteTokensByToken({ path: { token } }));

/** Where a file of a run can be read without a token, for some minutes: a link cannot bear one. `open`: shown by the browser, as the first page of a report is. */
export const artifactAddress = (run: string, path: string, open = false) =>
  answer<ArtifactAddress>(
    // A generated call would escape the slashes of the path.
    client.get<{ 200: ArtifactAddress }>({
      url: `/api/runs/${encodeURIComponent(run)}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`,
      query: { address: true, ...(open ? { open } : {}) },
      security: [{ scheme: 'bearer', type: 'http' }],
      cache: 'no-store',
    }),
  );
