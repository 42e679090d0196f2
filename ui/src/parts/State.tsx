// A state is always shape + word + colour, so that it can be read without seeing colours. Where there is no room for the
// word, it is the shape's label.
import type { Look, State } from '../words/states.ts';

const SHAPES: Record<Look, React.ReactNode> = {
  passed: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.700 8.300l2.300 2.300 4.300-4.800" className="cut" />
    </>
  ),
  failed: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
      <path d="M5.500 5.500l5 5M10.500 5.500l-5 5" className="cut" />
    </>
  ),
  tests: (
    <>
      <path d="M8 1.200L15.300 14.500H.7z" fill="currentColor" />
      <path d="M8 6v4M8 12.200v.1" className="cut" />
    </>
  ),
  running: <path d="M8 2a6 6 0 1 1-5.200 3" className="line spin" />,
  queued: <path d="M8 14.200A6.200 6.200 0 1 0 8 1.800a6.200 6.200 0 0 0 0 12.400zM8 4.800V8.500l2.300 1.300" className="line" />,
  manual: <path d="M2 2h12v12H2zM6 5v6M10 5v6" className="line" />,
  cancelled: <path d="M8 14.200A6.200 6.200 0 1 0 8 1.800a6.200 6.200 0 0 0 0 12.400zM3.800 3.800l8.400 8.400" className="line" />,
  idle: <path d="M8 14.200A6.200 6.200 0 1 0 8 1.800a6.200 6.200 0 0 0 0 12.400z" className="line" />,
};

/** Just the shape; give it a label where no word stands beside it. */
export function StateIcon({ look, label }: { look: Look; label?: string }) {
  return (
    <svg className={`state-icon look-${look}`} viewBox="0 0 16 16" focusable="false" {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}>
      {SHAPES[look]}
    </svg>
  );
}

export function StateBadge({ state }: { state: State }) {
  return (
    <span className={`badge look-${state.look}`}>
      <StateIcon look={state.look} />
      {state.word}
    </span>
  );
}

/** A small coloured word that is no state: `regression`, `admin`. */
export function Tag({ look = 'idle', children }: { look?: Look; children: React.ReactNode }) {
  return <span className={`tag look-${look}`}>{children}</span>;
}
