// Secrets of projects and branches. What they hold goes in and never comes out: nothing of it is kept in a query.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';
import type { NewSecret } from './generated/types.gen.ts';

/** Whose they are: a project's (its name or id) are for all of its branches; of two with one name, the branch's is used. */
export type SecretOwner = { of: 'project'; project: string } | { of: 'branch'; branch: string };

export const secretsKey = (owner: SecretOwner) => ['secrets', owner.of, owner.of === 'project' ? owner.project : owner.branch];

export const secrets = (owner: SecretOwner) =>
  queryOptions({
    queryKey: secretsKey(owner),
    queryFn: ({ signal }) =>
      owner.of === 'project'
        ? answer(api.getProjectsByProjectSecrets({ path: { project: owner.project }, signal }))
        : answer(api.getBranchesByBranchSecrets({ path: { branch: owner.branch }, signal })),
  });

/** The whole secret, whatever was there before. */
export const setSecret = (owner: SecretOwner, name: string, body: NewSecret) =>
  owner.of === 'project'
    ? answer(api.putProjectsByProjectSecretsByName({ path: { project: owner.project, name }, body }))
    : answer(api.putBranchesByBranchSecretsByName({ path: { branch: owner.branch, name }, body }));

export const deleteSecret = (owner: SecretOwner, name: string) =>
  owner.of === 'project'
    ? answer(api.deleteProjectsByProjectSecretsByName({ path: { project: owner.project, name } }))
    : answer(api.deleteBranchesByBranchSecretsByName({ path: { branch: owner.branch, name } }));
