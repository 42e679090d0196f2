import type { State } from '../words/states.ts';
import { StateBadge } from './State.tsx';

interface Props {
  state?: State | undefined;
  title: React.ReactNode;
  actions?: React.ReactNode;
  children?: React.ReactNode;
}

/** The top of a page: what it is, how it stands, what can be done. */
export function PageHead({ state, title, actions, children }: Props) {
  return (
    <header className="page-head">
      <div className="page-head-row">
        {state && <StateBadge state={state} />}
        <h1 className="wrap-any">{title}</h1>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </header>
  );
}
