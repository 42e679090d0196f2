// Where one is: project / branch / flow / run / job, each with a switcher to its siblings; or agents, groups, the administration.
import { Link, useLocation } from '@tanstack/react-router';

import { called } from '../words/labels.ts';
import { usePlace } from './place.ts';
import { AgentSwitcher, BranchSwitcher, FlowSwitcher, GroupSwitcher, JobSwitcher, ProjectSwitcher, RunSwitcher } from './Switchers.tsx';

/** Pages that stand by themselves: the beginning of their address, and what they are called. */
const PLACES = [
  ['/queue', 'Queue'],
  ['/search', 'Search'],
  ['/agents', 'Agents'],
  ['/groups', 'Groups'],
  ['/admin', 'Administration'],
  ['/me', 'You'],
] as const;

export function Crumbs() {
  const at = usePlace();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const place = PLACES.find(([to]) => path === to || path.startsWith(`${to}/`));
  const exact = { exact: true, includeSearch: false };
  return (
    <nav className="crumbs" aria-label="Where you are">
      <ol>
        {place && (
          <Crumb>
            <Link to={place[0]} activeOptions={exact}>
              {place[1]}
            </Link>
          </Crumb>
        )}
        {at.agent && (
          <Crumb switcher={<AgentSwitcher chosen={at.agent.id} />}>
            <Here>{at.agent.name}</Here>
          </Crumb>
        )}
        {at.group !== undefined && (
          <Crumb switcher={<GroupSwitcher chosen={at.group} />}>
            <Here>{at.group}</Here>
          </Crumb>
        )}
        {at.project !== undefined && (
          <Crumb switcher={<ProjectSwitcher chosen={at.project} names={at.all.map((item) => item.name)} />}>
            <Link to="/p/$project" params={{ project: at.project }} activeOptions={{ exact: true }}>
              <bdi>{at.project}</bdi>
            </Link>
          </Crumb>
        )}
        {at.project !== undefined && at.branch !== undefined && (
          <Crumb switcher={<BranchSwitcher project={at.project} chosen={at.branch} />}>
            <Link to="/p/$project/b/$branch" params={{ project: at.project, branch: at.branch }} activeOptions={exact}>
              <bdi>{at.branch}</bdi>
            </Link>
          </Crumb>
        )}
        {at.flow && (
          <Crumb switcher={at.branchId === undefined ? null : <FlowSwitcher branchId={at.branchId} chosen={at.flow.id} />}>
            <Link to="/flows/$flow" params={{ flow: at.flow.id }} activeOptions={exact}>
              <bdi>{called(at.flow.label)}</bdi>
            </Link>
          </Crumb>
        )}
        {at.run && (
          <Crumb switcher={at.flow && <RunSwitcher flow={at.flow} chosen={at.run.id} />}>
            <Link to="/runs/$run" params={{ run: at.run.id }} activeOptions={exact}>
              <bdi>{at.run.stage_name}</bdi>
            </Link>
          </Crumb>
        )}
        {at.job && (
          <Crumb switcher={at.run && <JobSwitcher run={at.run} chosen={at.job.id} />}>
            <Here>{at.job.name}</Here>
          </Crumb>
        )}
      </ol>
    </nav>
  );
}

function Here({ children }: { children: string }) {
  return (
    <span aria-current="page">
      <bdi>{children}</bdi>
    </span>
  );
}

function Crumb({ children, switcher }: { children: React.ReactNode; switcher?: React.ReactNode }) {
  return (
    <li className="crumb">
      {children}
      {switcher}
    </li>
  );
}
