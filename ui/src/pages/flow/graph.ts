// Where the stages of a flow stand in the graph. dagre finds the places; this says what there is to place.
import dagre from '@dagrejs/dagre';

import type { RunView, StageView } from '../../api/generated/types.gen.ts';

export interface Node {
  name: string;
  run: RunView | undefined;
  /** Stages it waits for. */
  parents: readonly string[];
  x: number;
  y: number;
}

export interface Graph {
  nodes: Node[];
  /** SVG paths from parent to child. */
  edges: { key: string; path: string }[];
  width: number;
  height: number;
}

export const NODE_WIDTH = 176;
export const NODE_HEIGHT = 50;
const MARGIN = 14;

/** Stages that this flow has runs of, and those that would follow them. */
function reached(runs: readonly RunView[], stages: readonly StageView[]): Map<string, { run: RunView | undefined; parents: readonly string[] }> {
  const nodes = new Map<string, { run: RunView | undefined; parents: readonly string[] }>();
  for (const run of runs) nodes.set(run.stage_name, { run, parents: stages.find((stage) => stage.id === run.stage)?.parents ?? [] });
  let grown = true;
  while (grown) {
    grown = false;
    for (const stage of stages) {
      if (nodes.has(stage.name) || !stage.enabled || stage.parents.length === 0 || !stage.parents.some((parent) => nodes.has(parent))) continue;
      nodes.set(stage.name, { run: undefined, parents: stage.parents });
      grown = true;
    }
  }
  return nodes;
}

/** The parents that did not pass yet: what a stage waits for. One that is started again counts by its newest run. */
export function waitsFor(parents: readonly string[], runs: readonly RunView[]): string[] {
  return parents.filter((parent) => runs.findLast((run) => run.stage_name === parent)?.result !== 'ok');
}

export function layout(runs: readonly RunView[], stages: readonly StageView[]): Graph {
  const found = reached(runs, stages);
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 46, marginx: MARGIN, marginy: MARGIN });
  for (const name of found.keys()) graph.setNode(name, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [name, { parents }] of found) for (const parent of parents) if (found.has(parent) && parent !== name) graph.setEdge(parent, name, {});
  dagre.layout(graph);

  const place = (name: string) => graph.node(name) as { x: number; y: number };
  const nodes = [...found].map(([name, about]): Node => ({ name, ...about, x: place(name).x - NODE_WIDTH / 2, y: place(name).y - NODE_HEIGHT / 2 }));
  const edges = graph.edges().map(({ v, w }) => {
    const [from, to] = [place(v), place(w)];
    const [x1, x2] = [from.x + NODE_WIDTH / 2, to.x - NODE_WIDTH / 2];
    const bend = (x2 - x1) / 2;
    return { key: `${v}\n${w}`, path: `M${x1} ${from.y}C${x1 + bend} ${from.y} ${x2 - bend} ${to.y} ${x2} ${to.y}` };
  });
  return {
    nodes,
    edges,
    width: Math.max(...nodes.map((node) => node.x + NODE_WIDTH)) + MARGIN,
    height: Math.max(...nodes.map((node) => node.y + NODE_HEIGHT)) + MARGIN,
  };
}
