// Which jobs of a run are shown. Pure.
import type { JobView } from '../../api/generated/types.gen.ts';
import type { JobFilter } from '../../api/queries.ts';
import { jobState } from '../../words/states.ts';

export function shownJobs(jobs: readonly JobView[], state: JobFilter | undefined, text: string | undefined): JobView[] {
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter((job) => {
    if (state !== undefined && jobState(job).look !== state) return false;
    if (words.length === 0) return true;
    const about = `${job.name} ${job.system} ${job.agents_group} ${job.executor} ${job.config} ${job.message ?? ''}`.toLowerCase();
    return words.every((word) => about.includes(word));
  });
}
