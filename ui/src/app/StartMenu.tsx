// Starting a flow from wherever one is: of the branch at hand, of one's own branches, of any other.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { overview } from '../api/queue.ts';
import { Icon } from '../parts/Icon.tsx';
import { Menu, MenuItem } from '../parts/Menu.tsx';
import { usePlace } from './place.ts';
import { useStars } from './stars.ts';

/** Where nobody starred anything: the branches with the newest flows. */
const RECENT = 6;

export function StartMenu({ onSearch }: { onSearch: () => void }) {
  return (
    <Menu
      trigger={
        <button type="button" className="button button-plain bar-start" aria-label="Run a flow">
          <span>Run</span>
          <Icon name="down" />
        </button>
      }
    >
      <Branches />
      <MenuItem onClick={onSearch}>Another branch…</MenuItem>
    </Menu>
  );
}

interface Choice {
  project: string;
  branch: string;
}

/** Read when the menu is opened. */
function Branches() {
  const { project, branch } = usePlace();
  const stars = useStars();
  const all = useQuery({ ...overview(), refetchInterval: false }).data?.items ?? [];
  const newest = [...all].filter(({ flows }) => flows.length > 0).sort((one, other) => ((one.flows[0]?.created_at ?? '') < (other.flows[0]?.created_at ?? '') ? 1 : -1));
  const others = stars.length > 0 ? stars.flatMap((id) => all.find((item) => item.id === id) ?? []) : newest.slice(0, RECENT);
  const here: Choice[] = project !== undefined && branch !== undefined ? [{ project, branch }] : [];
  const choices = [...here, ...others.map((item) => ({ project: item.project_name, branch: item.name })).filter((item) => item.project !== project || item.branch !== branch)];
  return (
    <>
      <p className="menu-note">{choices.length > 0 ? 'Start a flow of' : 'No branch has had a flow yet.'}</p>
      {choices.map((item) => (
        <MenuItem key={`${item.project}/${item.branch}`} render={<Link to="/p/$project/b/$branch/run" params={item} />}>
          <bdi>{item.project}</bdi> / <bdi>{item.branch}</bdi>
        </MenuItem>
      ))}
    </>
  );
}
