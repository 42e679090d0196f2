// The order of stages: parents before children, those of one depth as the branch has them. Pure.

export interface Ranked {
  name: string;
  parents: readonly string[];
}

/** How far each stage is from a root; a circle, or a parent that is gone, counts as a root. */
export function depths(stages: readonly Ranked[]): Map<string, number> {
  const known = new Map(stages.map((stage) => [stage.name, stage]));
  const depth = new Map<string, number>();
  const of = (name: string, above: ReadonlySet<string>): number => {
    const found = depth.get(name);
    if (found !== undefined) return found;
    const stage = known.get(name);
    if (!stage || above.has(name)) return -1;
    const value = 1 + Math.max(-1, ...stage.parents.map((parent) => of(parent, new Set([...above, name]))));
    depth.set(name, value);
    return value;
  };
  for (const stage of stages) of(stage.name, new Set());
  return depth;
}

/** Names of columns: the branch's stages in order, then stages that only older flows know. */
export function columnNames(stages: readonly Ranked[], seen: Iterable<string>): string[] {
  const depth = depths(stages);
  const current = [...stages].sort((one, other) => (depth.get(one.name) ?? 0) - (depth.get(other.name) ?? 0)).map((stage) => stage.name);
  return [...new Set([...current, ...seen])];
}
