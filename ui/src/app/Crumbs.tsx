// Where one is: project / branch / flow / run / job, each with a switcher to its siblings.
import { skipToken, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';

import { branch, branches, flow, job, lastFlows, projects, run } from '../api/queries.ts';
import { Icon } from '../parts/Icon.tsx';
import { Menu, MenuItem } from '../parts/Menu.tsx';
import { called } from '../words/labels.ts';

/** A query that rests while there is nothing to ask for. */
function when<T extends { queryFn?: unknown }>(options: T, ready: boolean): T {
  return ready ? options : { ...options, queryFn: skipToken, refetchInterval: false };
}

/** What the page is about, as far as it is known: a job knows its run, a run its flow, a flow its branch. */
function usePlace() {
  const params = useParams({ strict: false });
  const ofJob = useQuery(when(job(params.job ?? ''), params.job !== undefined)).data;
  const runId = params.run ?? ofJob?.run;
  const ofRun = useQuery(when(run(runId ?? ''), runId !== undefined)).data;
  const flowId = params.flow ?? ofRun?.flow;
  const ofFlow = useQuery(when(flow(flowId ?? ''), flowId !== undefined)).data;
  const ofBranch = useQuery(when(branch(ofFlow?.branch ?? ''), ofFlow !== undefined)).data;
  const all = useQuery(projects()).data?.items ?? [];
  const project = params.project ?? all.find((item) => item.id === ofFlow?.project)?.name;
  return {
    all,
    project,
    branch: params.branch ?? ofBranch?.name,
    branchId: ofFlow?.branch,
    flow: flowId === undefined ? undefined : ofFlow,
    run: runId === undefined ? undefined : ofRun,
    job: params.job === undefined ? undefined : ofJob,
  };
}

export function Crumbs() {
  const at = usePlace();
  return (
    <nav className="crumbs" aria-label="Where you are">
      <ol>
        {at.project !== undefined && (
          <Crumb switcher={<ProjectSwitcher chosen={at.project} names={at.all.map((item) => item.name)} />}>
            <Link to="/p/$project" params={{ project: at.project }} activeOptions={{ exact: true }}>
              <bdi>{at.project}</bdi>
            </Link>
          </Crumb>
        )}
        {at.project !== undefined && at.branch !== undefined && (
          <Crumb switcher={<BranchSwitcher project={at.project} chosen={at.branch} />}>
            <Link to="/p/$project/b/$branch" params={{ project: at.project, branch: at.branch }} activeOptions={{ exact: true, includeSearch: false }}>
              <bdi>{at.branch}</bdi>
            </Link>
          </Crumb>
        )}
        {at.flow && (
          <Crumb switcher={at.branchId === undefined ? null : <FlowSwitcher branchId={at.branchId} chosen={at.flow.id} />}>
            <Link to="/flows/$flow" params={{ flow: at.flow.id }} activeOptions={{ exact: true, includeSearch: false }}>
              <bdi>{called(at.flow.label)}</bdi>
            </Link>
          </Crumb>
        )}
        {at.run && (
          <Crumb>
            <Link to="/runs/$run" params={{ run: at.run.id }} activeOptions={{ exact: true, includeSearch: false }}>
              <bdi>{at.run.stage_name}</bdi>
            </Link>
          </Crumb>
        )}
        {at.job && (
          <Crumb>
            <span aria-current="page">
              <bdi>{at.job.name}</bdi>
            </span>
          </Crumb>
        )}
      </ol>
    </nav>
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

function Switcher({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Menu
      trigger={
        <button type="button" className="crumb-switch" aria-label={label}>
          <Icon name="down" />
        </button>
      }
    >
      {children}
    </Menu>
  );
}

function ProjectSwitcher({ chosen, names }: { chosen: string; names: string[] }) {
  return (
    <Switcher label="Switch project">
      {names.map((name) => (
        <MenuItem key={name} chosen={name === chosen} render={<Link to="/p/$project" params={{ project: name }} />}>
          <bdi>{name}</bdi>
        </MenuItem>
      ))}
    </Switcher>
  );
}

function BranchSwitcher({ project, chosen }: { project: string; chosen: string }) {
  const items = useQuery(branches(project)).data?.items ?? [];
  return (
    <Switcher label="Switch branch">
      {items.map((item) => (
        <MenuItem key={item.id} chosen={item.name === chosen} render={<Link to="/p/$project/b/$branch" params={{ project, branch: item.name }} />}>
          <bdi>{item.name}</bdi>
        </MenuItem>
      ))}
    </Switcher>
  );
}

function FlowSwitcher({ branchId, chosen }: { branchId: string; chosen: string }) {
  const items = useQuery({ ...lastFlows(branchId, 12), refetchInterval: false }).data?.items ?? [];
  return (
    <Switcher label="Switch flow">
      {items.map((item) => (
        <MenuItem key={item.id} chosen={item.id === chosen} render={<Link to="/flows/$flow" params={{ flow: item.id }} />}>
          <bdi>{called(item.label)}</bdi> <span className="muted">{item.branch_name}</span>
        </MenuItem>
      ))}
    </Switcher>
  );
}
