import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { lastFlows } from '../../api/queries.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { readBrief } from '../../words/changes.ts';
import { called } from '../../words/labels.ts';
import { ChangeLine } from '../shared/ChangeLine.tsx';

/** How far back the changes are looked for. */
const LOOKED_AT = 200;

/** The changes of the flows after one up to another. */
export function Between({ older, newer }: { older: FlowView; newer: FlowView }) {
  const [from, to] = older.sequence <= newer.sequence ? [older, newer] : [newer, older];
  const comparable = older.branch === newer.branch && older.kind === newer.kind;
  const found = useQuery({ ...lastFlows(newer.branch, LOOKED_AT, newer.kind === 'dev' ? 'dev' : 'ci'), refetchInterval: false, enabled: comparable });
  if (!comparable) return null;
  return (
    <Panel title="Changes between them" flush>
      <Query of={found}>
        {({ items, next }) => {
          const within = items.filter((item) => item.sequence > from.sequence && item.sequence <= to.sequence && item.branch_name === to.branch_name);
          const changes = within.flatMap((item) => {
            const brief = readBrief(item.change);
            return brief ? [{ item, brief }] : [];
          });
          const cut = next != null && (items.at(-1)?.sequence ?? 0) > from.sequence;
          return (
            <>
              {changes.length === 0 && <p className="panel-note muted">None of the flows in between came with a change.</p>}
              <ul className="lines">
                {changes.map(({ item, brief }) => (
                  <li key={item.id} className="line-row">
                    <Link to="/flows/$flow" params={{ flow: item.id }} preload={false}>
                      flow <bdi>{called(item.label)}</bdi>
                    </Link>
                    <span className="line-main">
                      <ChangeLine brief={brief} />
                    </span>
                  </li>
                ))}
              </ul>
              {cut && <p className="panel-note small muted">Older changes are not listed: these are of the last {LOOKED_AT} flows.</p>}
            </>
          );
        }}
      </Query>
    </Panel>
  );
}
