// Flows of a branch with what turned in each, and which of them are shown. Pure.
import type { FlowView, RunView } from '../../api/generated/types.gen.ts';
import { readBrief } from '../../words/changes.ts';
import { called } from '../../words/labels.ts';
import { type Mark, marks, verdictOf } from '../../words/marks.ts';
import { flowState, runState } from '../../words/states.ts';

export interface MarkedFlow {
  flow: FlowView;
  mark: Mark | undefined;
  /** Stage → what turned in it. */
  stages: ReadonlyMap<string, Mark>;
}

/** The newest run of a stage in a flow: stages that were started again have several. */
export const runOf = (flow: FlowView, stage: string): RunView | undefined => flow.runs?.findLast((run) => run.stage_name === stage);

const like = (flow: FlowView) => `${flow.kind} ${flow.branch_name}`;

/** Flows come newest first. */
export function markedFlows(flows: readonly FlowView[], stages: readonly string[]): MarkedFlow[] {
  const ofFlows = marks(flows, (flow) => verdictOf(flowState(flow).look), like);
  const ofStages = stages.map((stage) => ({
    stage,
    found: marks(
      flows,
      (flow) => {
        const run = runOf(flow, stage);
        return run && verdictOf(runState(run).look);
      },
      like,
    ),
  }));
  return flows.map((flow, index) => ({
    flow,
    mark: ofFlows[index],
    stages: new Map(
      ofStages.flatMap(({ stage, found }): [string, Mark][] => {
        const mark = found[index];
        return mark ? [[stage, mark]] : [];
      }),
    ),
  }));
}

export type FlowFilter = 'open' | 'failed' | 'passed' | 'turned';

export function shownFlows(flows: readonly MarkedFlow[], state: FlowFilter | undefined, text: string | undefined): MarkedFlow[] {
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return flows.filter(({ flow, mark }) => {
    if (state === 'open' && flow.state === 'completed') return false;
    if (state === 'turned' && !mark) return false;
    if ((state === 'failed' || state === 'passed') && verdictOf(flowState(flow).look) !== state) return false;
    if (words.length === 0) return true;
    const brief = readBrief(flow.change);
    const about = `${called(flow.label)} ${flow.branch_name} ${flow.started_by ?? ''} ${brief?.subject ?? ''} ${brief?.sha ?? ''} ${brief?.by ?? ''}`.toLowerCase();
    return words.every((word) => about.includes(word));
  });
}
