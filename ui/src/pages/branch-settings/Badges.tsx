// How a branch is seen from outside: its badge, its feeds, and whether everyone may read them.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { badge, changeBranch, touchedByBranch } from '../../api/branch-settings.ts';
import { useAct } from '../../app/useAct.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyLine } from '../../parts/Copy.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { useServerAddress } from '../shared/useServerAddress.ts';
import { useHere } from './here.ts';
import { addresses, embeddings, pictureOf, type Place } from './places.ts';

export function Badges() {
  const { project, branch } = useHere();
  const base = useServerAddress();
  const to = addresses(base, branch.id, project);
  const page = `${base}/p/${encodeURIComponent(project)}/b/${encodeURIComponent(branch.name)}`;
  return (
    <div className="stack">
      <Public />
      <Panel title="Badge">
        <div className="stack">
          <Picture />
          <Places places={embeddings(to.badge, page, `${project} ${branch.name}`)} />
        </div>
      </Panel>
      <Panel title="Feeds">
        <div className="stack">
          <p className="muted">For programs that show how branches stand, and for readers of news.</p>
          <Places
            places={[
              { label: 'CCTray, this branch', text: to.tray },
              { label: `CCTray, all branches of ${project}`, text: to.projectTray },
              { label: 'Atom, finished CI flows', text: to.feed },
            ]}
          />
        </div>
      </Panel>
    </div>
  );
}

function Places({ places }: { places: readonly Place[] }) {
  return (
    <>
      {places.map(({ label, text }) => (
        <div key={label} className="field">
          <span className="field-label">
            <bdi>{label}</bdi>
          </span>
          <CopyLine text={text} what={label} />
        </div>
      ))}
    </>
  );
}

function Picture() {
  const { branch } = useHere();
  const read = useQuery(badge(branch.id));
  return (
    <Query of={read} rows={1}>
      {(svg) => {
        const says = /aria-label="([^"]*)"/.exec(svg)?.[1] ?? 'the badge';
        return (
          <figure className="badge-picture">
            <img src={pictureOf(svg)} alt={says} height={20} />
            <figcaption className="small muted">The newest CI flow that is over. Pages elsewhere may show it half a minute late.</figcaption>
          </figure>
        );
      }}
    </Query>
  );
}

/** Whether they are for everyone. */
function Public() {
  const { project, branch, not } = useHere();
  const { busy, act, actOrThrow } = useAct();
  const [opening, setOpening] = useState(false);
  const touch = touchedByBranch(branch, project);
  const open = branch.public === true;
  return (
    <Panel
      title="Who may read them"
      aside={
        open ? (
          <Button busy={busy} why={not} onClick={() => void act(() => changeBranch(branch.id, { public: false }), { say: `Badges and feeds of ${branch.name} want a token from now on`, touch })}>
            Close them
          </Button>
        ) : (
          <Button why={not} onClick={() => setOpening(true)}>
            Open to everyone
          </Button>
        )
      }
    >
      <p className="row row-wrap">
        <StateBadge state={open ? { look: 'running', word: 'Everyone' } : { look: 'idle', word: 'With a token' }} />
        <span className="muted">{open ? 'Whoever knows the addresses below reads them, without signing in.' : 'To anybody without a token these addresses answer that there is nothing: pages elsewhere cannot show the badge.'}</span>
      </p>
      <Confirm
        title={`Open badges and feeds of ${branch.name} to everyone?`}
        verb="Open to everyone"
        open={opening}
        onClose={() => setOpening(false)}
        act={() => actOrThrow(() => changeBranch(branch.id, { public: true }), { say: `Badges and feeds of ${branch.name} are open to everyone`, touch })}
      >
        <p>
          Whoever knows the addresses reads, without signing in, the names of the project, of the branch{' '}
          <strong>
            <bdi>{branch.name}</bdi>
          </strong>{' '}
          and of its stages, labels of its flows, when they ended and how. Logs, code and files stay closed.
        </p>
      </Confirm>
    </Panel>
  );
}
