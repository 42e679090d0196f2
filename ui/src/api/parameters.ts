// What people are asked who start a flow.
import { queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import { getBranchesByBranchParameters } from './generated/sdk.gen.ts';

export const parameters = (branchId: string) =>
  queryOptions({
    queryKey: ['parameters', branchId],
    queryFn: ({ signal }) => answer(getBranchesByBranchParameters({ path: { branch: branchId }, signal })),
    retry: false,
  });
