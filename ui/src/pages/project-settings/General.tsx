// What a project is, who can follow it without signing in, and its end.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { branches } from '../../api/queries.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Copy, CopyLine } from '../../parts/Copy.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { DeleteProject } from '../shared/DeleteProject.tsx';
import { useProject } from './useProject.ts';

export function General() {
  const { name, about } = useProject('Settings');
  return (
    <div className="stack">
      {about && (
        <Panel
          title="Project"
          aside={
            <Link to="/admin/audit" search={{ project: about.id }} className="small">
              Who changed what in it
            </Link>
          }
        >
          <Facts
            column
            facts={[
              ['Name', <bdi key="name">{about.name}</bdi>],
              ['About', about.description && <bdi key="about">{about.description}</bdi>],
              ['Made', <Ago key="made" at={about.created_at} />],
              [
                'Id',
                <span key="id" className="row">
                  <code className="wrap-any">{about.id}</code>
                  <Copy text={about.id} what="project id" />
                </span>,
              ],
            ]}
          />
        </Panel>
      )}
      <Public name={name} />
      <End name={name} />
    </div>
  );
}

/** Which branches anybody may follow, and the address for programs that do. */
function Public({ name }: { name: string }) {
  const list = useQuery(branches(name));
  return (
    <Panel title="Badges and feeds" flush>
      <Query of={list}>
        {({ items }) => {
          const open = items.filter((branch) => branch.public === true);
          if (items.length === 0) return <Empty>The project has no branches yet. What can be seen of one without signing in is said in the branch’s settings.</Empty>;
          return (
            <>
              <p className="panel-note">
                {open.length === 0
                  ? 'Nobody can follow this project without a token. Each branch says in its settings whether its badges and feeds are for everybody.'
                  : `Badges and feeds of ${counted(open.length, 'branch', 'branches')} of ${items.length} are for everybody; the others want a token.`}
              </p>
              <ul className="lines scroll-y" aria-label="Branches" tabIndex={0}>
                {items.map((branch) => (
                  <li key={branch.id} className="line-row">
                    <Link to="/p/$project/b/$branch" params={{ project: name, branch: branch.name }} className="clip grow">
                      <bdi>{branch.name}</bdi>
                    </Link>
                    {branch.archived_at && <Tag>put away</Tag>}
                    {branch.public === true ? <Tag look="tests">for everybody</Tag> : <span className="small muted">with a token</span>}
                  </li>
                ))}
              </ul>
              <div className="panel-note stack">
                <p className="small muted">For monitors that read CCTray (wall displays, desktop notifiers): the stages of the first twenty branches.</p>
                <CopyLine text={`${location.origin}/api/projects/${encodeURIComponent(name)}/cctray.xml`} what="CCTray address" />
              </div>
            </>
          );
        }}
      </Query>
    </Panel>
  );
}

function End({ name }: { name: string }) {
  const not = useWhyNot('admin', null);
  const known = useQuery(branches(name)).data?.items.length;
  const [open, setOpen] = useState(false);
  const why = not ?? (known === undefined || known === 0 ? undefined : `it still has ${counted(known, 'branch', 'branches')}: delete those first`);
  return (
    <Panel title="Delete the project">
      <div className="row row-wrap">
        <p className="grow muted">Its secrets and webhooks go with it. This can’t be undone.</p>
        <Button look="danger" why={why} onClick={() => setOpen(true)}>
          Delete project
        </Button>
      </div>
      <DeleteProject name={name} open={open} onClose={() => setOpen(false)} />
    </Panel>
  );
}
