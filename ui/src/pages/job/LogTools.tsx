import { useState } from 'react';

import { wholeLog } from '../../api/logs.ts';
import { useAct } from '../../app/useAct.ts';
import { IconButton } from '../../parts/Button.tsx';
import { saveBlob, saveFrom } from '../../parts/save.ts';
import { count } from '../../words/amounts.ts';
import { type LogPrefs, nextTimes } from './prefs.ts';
import type { Found } from './useLogSearch.ts';
import type { LogState } from './useLogView.ts';

interface Props {
  field: React.RefObject<HTMLInputElement | null>;
  job: string;
  tryNumber: number | undefined;
  text: string;
  regex: boolean;
  /** Which of the matches the reader is at. */
  at: number | undefined;
  found: Found;
  state: LogState;
  prefs: LogPrefs;
  groups: number;
  anyFolded: boolean;
  onSearch: (part: { q?: string | undefined; regex?: true | undefined }) => void;
  onStep: (by: 1 | -1) => void;
  onError: () => void;
  onFollow: () => void;
  onPrefs: (part: Partial<LogPrefs>) => void;
  onFold: () => void;
  onLink: () => void;
}

/** Of so many lines a log does not pass through the page, but comes as the packed file that it is in the store. */
const LARGE = 100_000;

const TIMES = { none: 'Times: none', clock: 'Times: of the day', since: 'Times: since the job began' };

export function LogTools(props: Props) {
  const { field, text, regex, found, state, prefs } = props;
  return (
    <div className="log-tools" role="toolbar" aria-label="Log tools">
      <div className={`log-search ${found.error ? 'wrong' : ''}`}>
        <SearchField {...props} field={field} />
        <button type="button" className="log-regex mono" aria-pressed={regex} aria-label="Regular expression" title="Regular expression" onClick={() => props.onSearch({ regex: regex ? undefined : true })}>
          .*
        </button>
      </div>
      {text !== '' && (
        <>
          <span className="small muted log-count" role="status">
            {told(props)}
          </span>
          {found.note !== undefined && <span className="small wrap-any log-note" role="status">{found.note}</span>}
          <IconButton icon="up" label="Previous match (N)" onClick={() => props.onStep(-1)} />
          <IconButton icon="down" label="Next match (n)" onClick={() => props.onStep(1)} />
        </>
      )}
      <span className="grow" />
      <span className="small muted log-total">{state.heard && `${count(state.total)} lines`}</span>
      <button type="button" className="button button-quiet" onClick={props.onError}>
        First error
      </button>
      {props.groups > 0 && (
        <button type="button" className="button button-quiet" onClick={props.onFold}>
          {props.anyFolded ? 'Unfold' : 'Fold'}
        </button>
      )}
      {!state.complete && (
        <button type="button" className="button button-quiet" aria-pressed={state.follows} onClick={props.onFollow}>
          Follow
        </button>
      )}
      <IconButton icon="wrap" label="Wrap long lines (w)" pressed={prefs.wrap} onClick={() => props.onPrefs({ wrap: !prefs.wrap })} />
      <IconButton icon="clock" label={`${TIMES[prefs.times]} (t)`} pressed={prefs.times !== 'none'} onClick={() => props.onPrefs({ times: nextTimes(prefs.times) })} />
      <IconButton icon="link" label="Copy link (y)" onClick={props.onLink} />
      <Download job={props.job} tryNumber={props.tryNumber} state={state} />
    </div>
  );
}

function told({ found, at }: Props): string {
  if (found.error) return found.error;
  const many = `${count(found.lines.length)}${found.cut ? ' or more' : ''}`;
  if (found.lines.length === 0) return found.done ? 'no match' : 'searching…';
  return at === undefined ? `${many} match${found.lines.length === 1 ? '' : 'es'}` : `${count(at + 1)} of ${many}`;
}

function SearchField({ field, text, onSearch, onStep }: Props) {
  // What is typed shows at once; the address follows.
  const [typed, setTyped] = useState(text);
  return (
    <input
      ref={field}
      type="search"
      className="input"
      aria-label="Search the log"
      placeholder="Search the log"
      value={typed}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.target.value);
        onSearch({ q: event.target.value || undefined });
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
        else if (event.key === 'Escape') {
          // The browser would empty the field: n and N want what is in it.
          event.preventDefault();
          event.currentTarget.blur();
        }
      }}
    />
  );
}

function Download({ job, tryNumber, state }: { job: string; tryNumber: number | undefined; state: LogState }) {
  const { busy, act } = useAct();
  const get = async () => {
    const log = await act(() => wholeLog(job, tryNumber, state.complete && state.total >= LARGE), { touch: [] });
    if (log?.url !== undefined) saveFrom(log.url, `${job}.log.gz`);
    else if (log?.blob) saveBlob(log.blob, `${job}.log${log.blob.type.includes('gzip') ? '.gz' : ''}`);
  };
  return <IconButton icon="download" label="Download the whole log" busy={busy} onClick={() => void get()} />;
}
