// Which lines are folded. The server finds the marks of groups and says where steps begin, so that a log of any length can be
// folded without being read.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { searchLog } from '../../api/logs.ts';
import { groupsOf, MARKER, stepKey, stepLines, type StepMark, withinSteps } from '../../log/groups.ts';
import type { Hidden } from '../../log/rowmap.ts';

const MARKS_MAX = 20_000;
/** A growing log is looked over again when it has so many more lines. */
const STEP = 2000;

/** What can be folded: by its key, the lines below the one that stays. */
interface Foldable {
  key: number;
  first: number;
  last: number | undefined;
}

export function useGroups(job: string, tryNumber: number | undefined, { total, complete, marks: steps }: { total: number; complete: boolean; marks: readonly StepMark[] }) {
  const at = complete ? 'complete' : Math.floor(total / STEP);
  const marks = useQuery({
    queryKey: ['log-groups', job, tryNumber ?? 0, at],
    queryFn: ({ signal }) => searchLog(job, tryNumber, MARKER, true, MARKS_MAX, signal),
    enabled: total > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  }).data;
  const groups = useMemo(
    (): Foldable[] => {
      const lines = stepLines(steps, total);
      return [...lines.map((step) => ({ ...step, key: stepKey(step.first) })), ...withinSteps(groupsOf(marks ?? []), lines).map((group) => ({ ...group, key: group.first }))];
    },
    [steps, total, marks],
  );
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const hidden = useMemo(() => hiddenBy(groups, folded), [groups, folded]);

  const toggle = (key: number) => {
    const next = new Set(folded);
    if (!next.delete(key)) next.add(key);
    setFolded(next);
  };
  return {
    groups,
    folded,
    hidden,
    toggle,
    foldAll: () => setFolded(new Set(folded.size > 0 ? [] : groups.map((group) => group.key))),
    /** Unfolds whatever hides a line. */
    show: (line: number) => {
      const over = groups.filter((group) => folded.has(group.key) && line > group.first && line <= (group.last ?? line));
      if (over.length > 0) setFolded(new Set([...folded].filter((key) => !over.some((group) => group.key === key))));
    },
  };
}

function hiddenBy(groups: readonly Foldable[], folded: ReadonlySet<number>): Hidden[] {
  // A group that never ended goes on to the end of the log.
  return groups.filter((group) => folded.has(group.key)).map((group) => ({ from: group.first + 1, to: group.last ?? Number.MAX_SAFE_INTEGER }));
}
