// The tools that steps can name, each with its fields as its schema has them.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { type Tools, tools, type ToolView } from '../../api/tools.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { span } from '../../words/time.ts';
import { fieldsOf, groupsOf } from '../stages/step.ts';
import { ToolFields } from './ToolFields.tsx';

const route = getRouteApi('/admin/tools');
/** What every step may say, whatever its tool. */
const EVERY = 'every-step';

export function ToolsPage() {
  useTitle('Tools');
  const list = useQuery(tools());
  return (
    <Query of={list} rows={8}>
      {(data) => <Chosen all={data} />}
    </Query>
  );
}

function Chosen({ all }: { all: Tools }) {
  const { tool: name, version } = route.useSearch();
  const tool = all.items.find((item) => item.name === name) ?? (name === EVERY ? undefined : all.items[0]);
  return (
    <div className="job-body">
      <Panel title="Tools" flush className="list-short">
        <ul className="steps">
          {all.items.map((item) => (
            <li key={item.name} className="row">
              <Link to="/admin/tools" search={{ tool: item.name }} className="clip grow" data-here={item === tool ? '' : undefined}>
                <code>{item.name}</code>
              </Link>
              {!item.builtin && <Tag>your own</Tag>}
            </li>
          ))}
          <li>
            <Link to="/admin/tools" search={{ tool: EVERY }} data-here={tool === undefined ? '' : undefined}>
              of every step
            </Link>
          </li>
        </ul>
      </Panel>
      {tool ? (
        <Tool tool={tool} version={version} />
      ) : (
        <Panel title="What every step may say" flush>
          <ToolFields label="Fields of every step" fields={fieldsOf(all.step)} />
        </Panel>
      )}
    </div>
  );
}

function Tool({ tool, version }: { tool: ToolView; version: string | undefined }) {
  const chosen = tool.versions.find((item) => item.version === version) ?? tool.versions[0];
  const groups = groupsOf(chosen?.schema).filter((group) => group.length > 0);
  if (!chosen) {
    return (
      <Panel title={<code>{tool.name}</code>}>
        <Empty>This tool has no version yet.</Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title={<code>{tool.name}</code>}
      aside={
        <span className="row row-wrap small muted">
          {tool.versions.length === 1 && chosen.version}
          {tool.versions.length > 1 && tool.versions.map((item) => (
            <Link key={item.version} to="/admin/tools" search={{ tool: tool.name, version: item.version }} data-here={item === chosen ? '' : undefined}>
              {item.version}
            </Link>
          ))}
        </span>
      }
      flush
    >
      <div className="panel-note stack">
        <p className="wrap-any">{tool.description}</p>
        <p className="small muted">
          {chosen.timeout_s == null ? 'One attempt may take as long as the job may.' : `One attempt may take ${span(chosen.timeout_s * 1000)} unless the step says otherwise.`}
          {groups.map((group) => ` One of ${group.join(', ')} must be there.`).join('')}
        </p>
      </div>
      <ToolFields label={`Fields of ${tool.name}`} fields={fieldsOf(chosen.schema)} />
    </Panel>
  );
}
