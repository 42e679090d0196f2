import type { UseQueryResult } from '@tanstack/react-query';

import { ApiProblem } from '../api/problem.ts';
import { PageHead } from './PageHead.tsx';
import { ProblemNote } from './Problem.tsx';
import { Query } from './Query.tsx';
import { Skeleton } from './Skeleton.tsx';

/** The query that a whole page is about. Whatever comes of it, the page has its heading. */
export function PageQuery<T>({ of, what, children }: { of: UseQueryResult<T>; what: string; children: (data: T) => React.ReactNode }) {
  if (of.data !== undefined) return <Query of={of}>{children}</Query>;
  if (!of.isError) {
    return (
      <>
        <h1 className="visually-hidden">{what}</h1>
        <Skeleton rows={10} label={`Loading: ${what}`} />
      </>
    );
  }
  const gone = of.error instanceof ApiProblem && of.error.status === 404;
  return (
    <>
      <PageHead title={gone ? `${what} not found` : what} />
      <ProblemNote error={of.error} retry={() => void of.refetch()} />
    </>
  );
}
