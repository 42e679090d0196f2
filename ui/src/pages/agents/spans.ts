// When an agent was busy, as shares of a time. Pure.
import type { JobView } from '../../api/generated/types.gen.ts';

export interface Busy {
  job: JobView;
  /** Shares of the time, 0 to 1. */
  from: number;
  to: number;
}

export function spansOf(jobs: readonly JobView[], from: number, to: number): { spans: Busy[]; busyMs: number } {
  const spans: Busy[] = [];
  let busyMs = 0;
  for (const job of jobs) {
    if (!job.started_at) continue;
    const start = Math.max(from, Date.parse(job.started_at));
    const end = Math.min(to, job.completed_at ? Date.parse(job.completed_at) : to);
    if (end <= start) continue;
    spans.push({ job, from: (start - from) / (to - from), to: (end - from) / (to - from) });
    busyMs += end - start;
  }
  return { spans, busyMs: Math.min(busyMs, to - from) };
}
