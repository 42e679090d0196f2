// What a panel shows for a query: its data, else a skeleton, else what failed. Earlier data stays while new is fetched.
import type { UseQueryResult } from '@tanstack/react-query';

import { ProblemNote } from './Problem.tsx';
import { Skeleton } from './Skeleton.tsx';

export function Query<T>({ of, rows = 3, children }: { of: UseQueryResult<T>; rows?: number; children: (data: T) => React.ReactNode }) {
  if (of.data !== undefined) {
    return (
      <>
        {of.isError && <ProblemNote error={of.error} retry={() => void of.refetch()} />}
        {children(of.data)}
      </>
    );
  }
  if (of.isError) return <ProblemNote error={of.error} retry={() => void of.refetch()} />;
  return <Skeleton rows={rows} />;
}
