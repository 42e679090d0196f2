// Which waiting jobs are shown, and how many wait. Pure.
import type { GroupCapacity, QueuedJob } from '../../api/generated/types.gen.ts';
import { count, counted } from '../../words/amounts.ts';

export function shownJobs(jobs: readonly QueuedJob[], text: string | undefined): QueuedJob[] {
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...jobs];
  return jobs.filter((job) => {
    const about = `${job.name} ${job.stage_name} ${job.project_name} ${job.branch_name} ${job.agents_group} ${job.system} ${job.executor} ${job.reason}`.toLowerCase();
    return words.every((word) => about.includes(word));
  });
}

/** How much waits, of one group or of all. Every job waits for one group. */
export function waitingIn(groups: readonly GroupCapacity[], chosen: string | undefined): string {
  const of = chosen === undefined ? groups : groups.filter(({ group }) => group === chosen);
  const waiting = of.reduce((sum, group) => sum + group.waiting, 0);
  const more = of.some((group) => group.more === true);
  const words = more ? `more than ${count(waiting)} jobs wait` : waiting === 0 ? 'no job waits' : counted(waiting, 'job waits', 'jobs wait');
  const where = chosen === undefined ? '' : ` for agents of ${chosen}`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${where}.`;
}
