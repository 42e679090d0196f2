// Steps of a job, with what the API leaves out filled in.
import type { StepView } from '../../api/generated/types.gen.ts';

export interface Step {
  name: string;
  tool: string;
  status: StepView['status'];
  startedAt: string | undefined;
  finishedAt: string | undefined;
  retcode: number | undefined;
  message: string | undefined;
  attempts: number;
}

export function readSteps(steps: readonly StepView[] | null | undefined): Step[] {
  return (steps ?? []).map((step) => ({
    name: step.name || step.tool || 'step',
    tool: step.tool,
    status: step.status,
    startedAt: step.started_at ?? undefined,
    finishedAt: step.finished_at ?? undefined,
    retcode: step.retcode ?? undefined,
    message: step.message ?? undefined,
    attempts: step.attempts ?? 0,
  }));
}
