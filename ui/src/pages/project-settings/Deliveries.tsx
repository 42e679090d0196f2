// What a git host told the project lately, and what came of each.
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import type { DeliveryView } from '../../api/generated/types.gen.ts';
import { deliveries } from '../../api/webhooks.ts';
import { Segments } from '../../parts/Fields.tsx';
import { More } from '../../parts/More.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { type Came, cameTo, deliveryState, type Host } from './hosts.ts';

const route = getRouteApi('/p/$project/settings/webhooks');

const FILTERS: { value: Came | 'all'; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'flow', label: 'Started a flow' },
  { value: 'nothing', label: 'Started nothing' },
];

export function Deliveries({ project, host }: { project: string; host: Host }) {
  const { came } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(deliveries(project, host.slug));
  return (
    <Panel title={<>Deliveries <span className="small muted">of the last seven days</span></>} flush>
      <Query of={list}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          const shown = all.filter((delivery) => cameTo(delivery, came));
          if (all.length === 0) return <Empty>{host.name} told nothing yet. Push something, or let {host.name} send a test: what came is here a moment later. A delivery with a wrong key is refused and not kept.</Empty>;
          return (
            <>
              <div className="tools">
                <Segments label="What came of it" choices={FILTERS} value={came ?? 'all'} onChoose={(value) => void navigate({ search: (now) => ({ ...now, came: value === 'all' ? undefined : value }), replace: true, resetScroll: false })} />
              </div>
              {shown.length === 0 ? <Empty>No delivery is like that.</Empty> : <ul className="lines">{shown.map((delivery) => <Row key={delivery.id} delivery={delivery} />)}</ul>}
              <More of={list}>Earlier ones</More>
            </>
          );
        }}
      </Query>
    </Panel>
  );
}

function Row({ delivery }: { delivery: DeliveryView }) {
  return (
    <li className="line-row">
      <span className="line-delivery">
        <StateBadge state={deliveryState(delivery)} />
      </span>
      <span className="line-main">
        <span className="wrap-any">
          <bdi>{delivery.event}</bdi> <span className="muted">in <bdi>{delivery.repo}</bdi></span>
        </span>
      </span>
      <span className="muted small line-end" title={`delivery ${delivery.id}`}>
        <Ago at={delivery.received_at} />
      </span>
      {delivery.outcomes.length > 0 && (
        <ul className="outcomes small">
          {delivery.outcomes.map((outcome, index) => (
            <li key={index} className="wrap-any">
              <bdi>{outcome.words}</bdi>
              {outcome.flow && (
                <>
                  {' '}
                  <Link to="/flows/$flow" params={{ flow: outcome.flow }}>
                    its flow
                  </Link>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
