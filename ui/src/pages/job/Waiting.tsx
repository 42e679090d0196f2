import { useQuery } from '@tanstack/react-query';

import type { JobView } from '../../api/generated/types.gen.ts';
import { waiting } from '../../api/queries.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { sentence } from '../flow/WhyWaiting.tsx';

/** Why a job has not begun, and how many are before it. */
export function Waiting({ job }: { job: JobView }) {
  const queued = job.state === 'queued';
  const found = useQuery({ ...waiting(job.id), enabled: queued });
  if (!queued || !found.data?.waiting) return null;
  return (
    <Banner look="queued">
      <strong>
        Waiting <Span from={job.created_at} to={undefined} />.
      </strong>{' '}
      {sentence(found.data.reason)} {found.data.ahead ? `${counted(found.data.ahead, 'job of its kind is', 'jobs of its kind are')} before it.` : ''}
    </Banner>
  );
}
