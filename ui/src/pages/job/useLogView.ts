// The log engine for as long as the page shows it: made, fed while the log grows, closed.
import { useEffect, useRef, useState } from 'react';

import { jobLog } from '../../api/logs.ts';
import type { StepMark } from '../../log/groups.ts';
import { type Begin, type LogEvents, LogView } from '../../log/view.ts';

/** A live log is looked at so often. */
const LIVE_MS = 2000;

export interface LogState {
  total: number;
  complete: boolean;
  /** Whether anything was heard of it yet. */
  heard: boolean;
  error: unknown;
  follows: boolean;
  /** Where its steps begin, as far as that is known. */
  marks: readonly StepMark[];
}

export interface LogHandlers {
  picked: (line: number, shift: boolean) => void;
  toggled: (line: number) => void;
}

interface Asked {
  job: string;
  tryNumber: number | undefined;
  /** Whether there can be a log: an agent has the job, or had it. */
  begun: boolean;
  /** What is shown first; later changes change nothing. */
  begin: Begin;
  handlers: LogHandlers;
}

const UNHEARD: LogState = { total: 0, complete: false, heard: false, error: undefined, follows: false, marks: [] };

export function useLogView({ job, tryNumber, begun, begin, handlers }: Asked) {
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<LogView>();
  const [state, setState] = useState(UNHEARD);
  const held = useRef({ handlers, begin });
  useEffect(() => {
    held.current = { handlers, begin };
  });

  useEffect(() => {
    if (!host.current) return;
    const events: LogEvents = {
      changed: (total, complete) => setState((now) => ({ ...now, total, complete, heard: true, error: undefined })),
      failed: (error) => setState((now) => ({ ...now, error })),
      followed: (follows) => setState((now) => ({ ...now, follows })),
      picked: (line, shift) => held.current.handlers.picked(line, shift),
      toggled: (line) => held.current.handlers.toggled(line),
    };
    const marked = (marks: readonly StepMark[]) => setState((now) => (now.marks.length === marks.length ? now : { ...now, marks }));
    const made = new LogView(host.current, jobLog(job, tryNumber, marked), events, held.current.begin);
    // The engine is made once its element is there; the page draws what it says from then on.
    setView(made);  
    return () => {
      made.close();
      setView(undefined);
      setState(UNHEARD);
    };
  }, [job, tryNumber]);

  const { complete } = state;
  useEffect(() => {
    if (!view || !begun || complete) return;
    let [timer, over] = [undefined as ReturnType<typeof setTimeout> | undefined, false];
    const look = async () => {
      if (!document.hidden) await view.refresh().catch((error: unknown) => setState((now) => ({ ...now, error })));
      if (!over) timer = setTimeout(() => void look(), LIVE_MS);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [view, begun, complete]);

  return { host, view, state };
}
