import { Link } from '@tanstack/react-router';

import type { JobView } from '../../api/generated/types.gen.ts';

/** A job whose agent was lost was given to another: each try has a log of its own. */
export function Tries({ job, chosen }: { job: JobView; chosen: number | undefined }) {
  if (job.assignments < 2) return null;
  const newest = job.assignments;
  return (
    <section className="panel panel-flush">
      <header className="panel-head">
        <h2>Tries</h2>
      </header>
      <ul className="steps">
        {Array.from({ length: newest }, (_, index) => index + 1).map((number) => (
          <li key={number}>
            <Link to="." search={number === newest ? {} : { try: number }} data-here={(chosen ?? newest) === number ? '' : undefined}>
              Try {number}
              {number === newest && ' (newest)'}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
