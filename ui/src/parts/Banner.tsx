import type { Look } from '../words/states.ts';
import { StateIcon } from './State.tsx';

/** One thing to know before the rest of the page: why something waits, that the server is away. */
export function Banner({ look, children, action }: { look: Look; children: React.ReactNode; action?: React.ReactNode }) {
  return (
    <div className={`banner look-${look}`} role="status">
      <StateIcon look={look} />
      <div className="grow wrap-any">{children}</div>
      {action}
    </div>
  );
}
