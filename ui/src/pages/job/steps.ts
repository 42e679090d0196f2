// Steps of a job. The API's document calls them plain objects, so what is read of them is checked here.

export interface Step {
  name: string;
  tool: string;
  status: string;
  startedAt: string | undefined;
  finishedAt: string | undefined;
  retcode: number | undefined;
  message: string | undefined;
  attempts: number;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

export function readSteps(steps: readonly object[] | null | undefined): Step[] {
  return (steps ?? []).map((step) => {
    const fields = step as Record<string, unknown>;
    return {
      name: text(fields.name) ?? text(fields.tool) ?? 'step',
      tool: text(fields.tool) ?? '',
      status: text(fields.status) ?? 'not_started',
      startedAt: text(fields.started_at),
      finishedAt: text(fields.finished_at),
      retcode: number(fields.retcode),
      message: text(fields.message),
      attempts: number(fields.attempts) ?? 0,
    };
  });
}
