import type { JobView } from '../../api/generated/types.gen.ts';
import { useNow } from '../../parts/Time.tsx';
import { jobState } from '../../words/states.ts';
import { span } from '../../words/time.ts';
import { spansOf } from './spans.ts';

const DAY_MS = 24 * 3_600_000;

/** When the agent was busy in the last 24 hours. `cut`: it had more jobs in that time than were read. */
export function Utilisation({ jobs, cut }: { jobs: readonly JobView[]; cut: boolean }) {
  const now = useNow(jobs.some((job) => job.completed_at == null));
  const { spans, busyMs } = spansOf(jobs, now - DAY_MS, now);
  const label = `busy for ${cut ? 'at least ' : ''}${span(busyMs)} of the last 24 hours, ${((busyMs / DAY_MS) * 100).toFixed(1)} %`;
  return (
    <figure>
      <div className="utilisation" role="img" aria-label={label}>
        {spans.map(({ job, from, to }) => (
          <span
            key={job.id}
            className={`utilisation-span look-${jobState(job).look}`}
            title={`${job.name}: ${jobState(job).word}`}
            style={{ left: `${(from * 100).toFixed(3)}%`, width: `${((to - from) * 100).toFixed(3)}%` }}
          />
        ))}
      </div>
      <figcaption className="small muted">{label}</figcaption>
    </figure>
  );
}
