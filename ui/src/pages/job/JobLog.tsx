// The log of a job: the engine, its tools and its keys. What is searched and selected is in the address.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouterState } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';

import type { JobView } from '../../api/generated/types.gen.ts';
import { flow } from '../../api/queries.ts';
import { stepLines, type StepMark } from '../../log/groups.ts';
import type { RowLook } from '../../log/row.ts';
import { extend, formatSelection, parseSelection } from '../../log/selection.ts';
import { useKeys } from '../../parts/keys.ts';
import { Empty } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { toast } from '../../parts/Toasts.tsx';
import { lossOf } from '../../words/retention.ts';
import { isJobOver } from '../../words/states.ts';
import { clock, offset } from '../../words/time.ts';
import { LogTools } from './LogTools.tsx';
import { nextMatch } from './matches.ts';
import { nextTimes, type Times, useLogPrefs } from './prefs.ts';
import type { Step } from './steps.ts';
import { useGroups } from './useGroups.ts';
import { firstError, useLogSearch } from './useLogSearch.ts';
import { useLogText } from './useLogText.ts';
import { useLogView } from './useLogView.ts';

const route = getRouteApi('/jobs/$job');

function timeOf(times: Times, startedAt: string | null | undefined): RowLook['time'] {
  if (times === 'none') return undefined;
  if (times === 'clock') return (line) => clock(line.time);
  const from = Date.parse(startedAt ?? '');
  return (line) => (Number.isNaN(from) ? clock(line.time) : offset(Date.parse(line.time) - from));
}

interface Props {
  job: JobView;
  tryNumber: number | undefined;
  steps: readonly Step[];
  onMarks: (marks: readonly StepMark[]) => void;
}

export function JobLog({ job, tryNumber, steps, onMarks }: Props) {
  const { q, regex } = route.useSearch();
  const navigate = route.useNavigate();
  const hash = useRouterState({ select: (state) => state.location.hash });
  const visit = useRouterState({ select: (state) => state.location.state.__TSR_key });
  const selection = useMemo(() => parseSelection(hash), [hash]);
  const [prefs, setPrefs] = useLogPrefs();
  const [at, setAt] = useState<number>();
  /** The address that this log gives itself, or came with: any other way there is a link, and what it names is shown. */
  const own = useRef<string | undefined>(hash);
  const field = useRef<HTMLInputElement>(null);

  const gone = lossOf(job, useQuery(flow(job.flow)).data?.without_logs_since) !== undefined;
  const begun = job.started_at != null || tryNumber !== undefined;
  const { host, view, state } = useLogView({
    job: job.id,
    tryNumber,
    begun,
    begin: { line: selection?.from, follow: !isJobOver(job) },
    handlers: { picked: (line, shift) => pick(line, shift), toggled: (line) => groups.toggle(line) },
  });
  const groups = useGroups(job.id, tryNumber, state);
  const text = useLogText(job.id, tryNumber);
  const { marks: marked, found } = useLogSearch(job.id, tryNumber, text, q, regex === true, state);

  const pick = (line: number, shift: boolean) => {
    const next = formatSelection(extend(selection, line, shift));
    own.current = next;
    void navigate({ search: true, hash: next, replace: true, resetScroll: false, hashScrollIntoView: false });
  };
  const show = (line: number) => {
    groups.show(line);
    view?.reveal(line);
  };

  const { marks, total } = state;
  const names = JSON.stringify(steps.map((step) => step.name));
  const begins = useMemo(() => {
    const name = JSON.parse(names) as string[];
    return new Map(stepLines(marks, total).map(({ step, first }) => [first, name[step] ?? `step ${step + 1}`]));
  }, [marks, total, names]);
  useEffect(() => onMarks(marks), [onMarks, marks]);
  const look = useMemo(
    (): RowLook => ({ time: timeOf(prefs.times, job.started_at), marks: marked, folded: (key) => groups.folded.has(key), step: (line) => begins.get(line) }),
    [prefs.times, job.started_at, marked, groups.folded, begins],
  );
  useEffect(() => view?.setLook(look), [view, look]);
  useEffect(() => view?.setWrap(prefs.wrap), [view, prefs.wrap]);
  useEffect(() => view?.setHidden(groups.hidden), [view, groups.hidden]);
  useEffect(() => view?.select(selection), [view, selection]);
  const shown = useRef(show);
  useEffect(() => {
    shown.current = show;
  });
  useEffect(() => {
    const ours = hash === own.current;
    own.current = undefined;
    if (!ours && selection) shown.current(selection.from);
  }, [hash, visit, selection]);

  const line = at === undefined ? undefined : found.lines[at];
  useEffect(() => view?.setCurrent(line), [view, line]);
  const step = (by: 1 | -1) => {
    const next = nextMatch(found.lines, at, selection?.from ?? 0, by);
    if (next === undefined) return;
    setAt(next);
    const number = found.lines[next];
    if (number !== undefined) show(number);
  };
  const error = async () => {
    try {
      const first = await firstError(job.id, tryNumber, text, state);
      if (first === undefined) { toast.say('No line reports an error.'); return; }
      show(first);
      pick(first, false);
    } catch (caught) {
      toast.fail(caught);
    }
  };
  const link = () => {
    toast.copy(location.href, 'link', selection ? 'The link to these lines is copied.' : 'The link is copied.');
  };
  const follow = () => view?.follow(!state.follows);

  useKeys([
    { keys: '/', does: 'search the log', run: () => field.current?.focus() },
    { keys: 'n', does: 'next match', run: () => step(1) },
    { keys: 'N', does: 'previous match', run: () => step(-1) },
    { keys: 'e', does: 'first error', run: () => void error() },
    { keys: 'f', does: 'follow the log', run: follow },
    { keys: 'w', does: 'wrap long lines', run: () => setPrefs({ wrap: !prefs.wrap }) },
    { keys: 't', does: 'times', run: () => setPrefs({ times: nextTimes(prefs.times) }) },
    { keys: 'y', does: 'copy a link to the selected lines', run: link },
    { keys: '[', does: 'start of the log', run: () => view?.toStart() },
    { keys: ']', does: 'end of the log', run: () => view?.toEnd() },
  ]);

  return (
    <section className="log-panel" aria-label="Log">
      <LogTools
        field={field}
        job={job.id}
        tryNumber={tryNumber}
        text={q ?? ''}
        regex={regex === true}
        at={at}
        found={found}
        state={state}
        prefs={prefs}
        groups={groups.groups.length}
        anyFolded={groups.folded.size > 0}
        onSearch={(part) => {
          setAt(undefined);
          own.current = hash;
          void navigate({ search: (now) => ({ ...now, ...part }), hash: true, replace: true, resetScroll: false, hashScrollIntoView: false });
        }}
        onStep={step}
        onError={() => void error()}
        onFollow={follow}
        onPrefs={setPrefs}
        onFold={groups.foldAll}
        onLink={link}
      />
      {state.error !== undefined && <ProblemNote error={state.error} retry={() => void view?.refresh().catch(() => undefined)} />}
      {!begun && <Empty>{isJobOver(job) ? 'This job never began, so it has no log.' : 'The log will be here, line by line, once an agent has begun.'}</Empty>}
      {begun && state.heard && state.total === 0 && <Empty>{gone ? 'Nothing of its log is left.' : state.complete || isJobOver(job) ? 'This job wrote nothing.' : 'Nothing was written yet.'}</Empty>}
      <div ref={host} className={`log-scroll ${state.total === 0 ? 'log-none' : ''}`} tabIndex={0} role="region" aria-label={`Log, ${state.total} lines`} />
    </section>
  );
}
