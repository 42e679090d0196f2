// What stands in the page's place when there is no page: it is on its way, it broke, there is none.
import { Link, useRouter } from '@tanstack/react-router';

import { Empty } from '../parts/Panel.tsx';
import { ProblemNote } from '../parts/Problem.tsx';
import { Skeleton } from '../parts/Skeleton.tsx';

export function Pending() {
  return (
    <div className="page">
      <Skeleton rows={8} />
    </div>
  );
}

export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <div className="page">
      <ProblemNote
        error={error}
        retry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
}

export function NotHere() {
  return (
    <div className="page">
      <h1>Nothing here</h1>
      <Empty action={<Link to="/">Go home</Link>}>This address leads nowhere: what it named may have been deleted.</Empty>
    </div>
  );
}
