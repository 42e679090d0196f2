// From a thing to its siblings: the menus beside the parts of where one is. What they list is read when they are opened.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { FlowView, RunView } from '../api/generated/types.gen.ts';
import { agents, branches, groups, lastFlows, runJobs } from '../api/queries.ts';
import { Icon } from '../parts/Icon.tsx';
import { Menu, MenuItem } from '../parts/Menu.tsx';
import { called } from '../words/labels.ts';

/** Siblings in a menu; of more, the page above has all. */
const SHOWN = 60;

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

/** The first ones, and the chosen one wherever it stands. */
function near<T>(items: readonly T[], chosen: (item: T) => boolean): T[] {
  const shown = items.slice(0, SHOWN);
  const other = items.find(chosen);
  return other === undefined || shown.includes(other) ? shown : [other, ...shown];
}

export function ProjectSwitcher({ chosen, names }: { chosen: string; names: string[] }) {
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

export function BranchSwitcher({ project, chosen }: { project: string; chosen: string }) {
  return (
    <Switcher label="Switch branch">
      <Branches project={project} chosen={chosen} />
    </Switcher>
  );
}

function Branches({ project, chosen }: { project: string; chosen: string }) {
  const items = useQuery(branches(project)).data?.items ?? [];
  return items.map((item) => (
    <MenuItem key={item.id} chosen={item.name === chosen} render={<Link to="/p/$project/b/$branch" params={{ project, branch: item.name }} />}>
      <bdi>{item.name}</bdi>
    </MenuItem>
  ));
}

export function FlowSwitcher({ branchId, chosen }: { branchId: string; chosen: string }) {
  return (
    <Switcher label="Switch flow">
      <Flows branchId={branchId} chosen={chosen} />
    </Switcher>
  );
}

function Flows({ branchId, chosen }: { branchId: string; chosen: string }) {
  const items = useQuery({ ...lastFlows(branchId, 12), refetchInterval: false }).data?.items ?? [];
  return items.map((item) => (
    <MenuItem key={item.id} chosen={item.id === chosen} render={<Link to="/flows/$flow" params={{ flow: item.id }} />}>
      <bdi>{called(item.label)}</bdi> <span className="muted">{item.branch_name}</span>
    </MenuItem>
  ));
}

/** The runs of a flow: a stage that ran again has several. */
export function RunSwitcher({ flow, chosen }: { flow: FlowView; chosen: string }) {
  return (
    <Switcher label="Switch run">
      {near(flow.runs ?? [], (run) => run.id === chosen).map((run) => (
        <MenuItem key={run.id} chosen={run.id === chosen} render={<Link to="/runs/$run" params={{ run: run.id }} />}>
          <bdi>{run.stage_name}</bdi> <span className="muted">run {called(run.label)}</span>
        </MenuItem>
      ))}
    </Switcher>
  );
}

export function JobSwitcher({ run, chosen }: { run: RunView; chosen: string }) {
  return (
    <Switcher label="Switch job">
      <Jobs run={run} chosen={chosen} />
    </Switcher>
  );
}

function Jobs({ run, chosen }: { run: RunView; chosen: string }) {
  const found = useQuery({ ...runJobs(run.id, SHOWN), refetchInterval: false });
  if (!found.data) return <p className="menu-note">{found.isError ? 'They could not be read.' : 'Reading…'}</p>;
  return (
    <>
      {found.data.items.map((job) => (
        <MenuItem key={job.id} chosen={job.id === chosen} render={<Link to="/jobs/$job" params={{ job: job.id }} />}>
          <bdi>{job.name}</bdi> <span className="muted">{job.system}</span>
        </MenuItem>
      ))}
      {found.data.cut && <MenuItem render={<Link to="/runs/$run" params={{ run: run.id }} />}>All jobs of the run</MenuItem>}
    </>
  );
}

export function AgentSwitcher({ chosen }: { chosen: string }) {
  return (
    <Switcher label="Switch agent">
      <Agents chosen={chosen} />
    </Switcher>
  );
}

function Agents({ chosen }: { chosen: string }) {
  const items = useQuery({ ...agents(), refetchInterval: false }).data?.items ?? [];
  return near(items, (item) => item.id === chosen).map((item) => (
    <MenuItem key={item.id} chosen={item.id === chosen} render={<Link to="/agents/$agent" params={{ agent: item.id }} />}>
      <bdi>{item.name}</bdi>
    </MenuItem>
  ));
}

export function GroupSwitcher({ chosen }: { chosen: string }) {
  return (
    <Switcher label="Switch group">
      <Groups chosen={chosen} />
    </Switcher>
  );
}

function Groups({ chosen }: { chosen: string }) {
  const items = useQuery({ ...groups(), refetchInterval: false }).data?.items ?? [];
  return near(items, (item) => item.name === chosen).map((item) => (
    <MenuItem key={item.name} chosen={item.name === chosen} render={<Link to="/groups/$group" params={{ group: item.name }} />}>
      <bdi>{item.name}</bdi>
    </MenuItem>
  ));
}
