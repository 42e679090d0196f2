// A titled surface, and the three states that every panel has besides its content.
import { Component } from 'react';

import { ProblemNote } from './Problem.tsx';

interface Props {
  title?: React.ReactNode;
  aside?: React.ReactNode;
  children: React.ReactNode;
  flush?: boolean;
  className?: string;
}

export function Panel({ title, aside, children, flush, className = '' }: Props) {
  return (
    <section className={`panel ${flush ? 'panel-flush' : ''} ${className}`}>
      {(title ?? aside) && (
        <header className="panel-head">
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      <Boundary>{children}</Boundary>
    </section>
  );
}

/** Nothing yet: what will be here, and the one action. */
export function Empty({ children, action }: { children: React.ReactNode; action?: React.ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Catches what breaks while its children are drawn. `on` resets it: another page, other data. */
export class Boundary extends Component<{ children: React.ReactNode; on?: string }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error ?? new Error('unknown') };
  }

  override componentDidUpdate(before: { on?: string }) {
    if (before.on !== this.props.on && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ProblemNote error={this.state.error} retry={() => this.setState({ error: undefined })} />;
  }
}
