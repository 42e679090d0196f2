// Stages of a flow that went another way than in one before. Pure.
import type { RunView } from '../../api/generated/types.gen.ts';
import { type Mark, verdictOf } from '../../words/marks.ts';
import { runState } from '../../words/states.ts';

export interface Turned {
  run: RunView;
  mark: Mark;
}

/** The newest run of each stage counts. */
function newest(runs: readonly RunView[]): RunView[] {
  return [...new Map(runs.map((run) => [run.stage, run])).values()];
}

export function turned(now: readonly RunView[], before: readonly RunView[]): Turned[] {
  const then = new Map(newest(before).map((run) => [run.stage, verdictOf(runState(run).look)]));
  return newest(now).flatMap((run): Turned[] => {
    const [was, is] = [then.get(run.stage), verdictOf(runState(run).look)];
    if (was === undefined || is === undefined || was === is) return [];
    return [{ run, mark: is === 'failed' ? 'broke' : 'mended' }];
  });
}
