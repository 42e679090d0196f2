// Webhooks: which git hosts tell the project of pushes and pull requests, and what came of it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { WebhookMade, WebhookView } from '../../api/generated/types.gen.ts';
import { makeWebhook, webhooks } from '../../api/webhooks.ts';
import { useAct } from '../../app/useAct.ts';
import { Button } from '../../parts/Button.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateIcon } from '../../parts/State.tsx';
import { Deliveries } from './Deliveries.tsx';
import { type Host, hostOf, HOSTS } from './hosts.ts';
import { useProject } from './useProject.ts';
import { MadeDialog } from './WebhookKey.tsx';
import { WebhookPanel } from './WebhookPanel.tsx';

const route = getRouteApi('/p/$project/settings/webhooks');

export function Webhooks() {
  const { name, not } = useProject('Webhooks');
  const { host: asked } = route.useSearch();
  const list = useQuery(webhooks(name));
  const [made, setMade] = useState<WebhookMade>();
  return (
    <>
      <Query of={list}>
        {(items) => {
          const known = [...HOSTS, ...items.filter((item) => !HOSTS.some((host) => host.slug === item.host)).map((item) => hostOf(item.host))];
          const host = hostOf(asked ?? items[0]?.host ?? 'github');
          const webhook = items.find((item) => item.host === host.slug);
          return (
            <div className="job-body">
              <HostList hosts={known} there={items} chosen={host.slug} />
              <div className="stack">
                {webhook ? (
                  <>
                    <WebhookPanel project={name} host={host} webhook={webhook} not={not} onMade={setMade} />
                    <Deliveries project={name} host={host} />
                  </>
                ) : (
                  <None project={name} host={host} not={not} onMade={setMade} />
                )}
              </div>
            </div>
          );
        }}
      </Query>
      <MadeDialog made={made} onClose={() => setMade(undefined)} />
    </>
  );
}

function HostList({ hosts, there, chosen }: { hosts: readonly Host[]; there: readonly WebhookView[]; chosen: string }) {
  return (
    <Panel title="Git hosts" flush>
      <ul className="steps">
        {hosts.map(({ slug, name }) => (
          <li key={slug} className="row">
            <Link to="." search={{ host: slug }} className="clip grow" data-here={slug === chosen ? '' : undefined}>
              {name}
            </Link>
            {there.some((webhook) => webhook.host === slug) && (
              <span className="row small muted">
                <StateIcon look="passed" />
                set up
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function None({ project, host, not, onMade }: { project: string; host: Host; not: string | undefined; onMade: (made: WebhookMade) => void }) {
  const client = useQueryClient();
  const { busy, act } = useAct();
  const make = async () => {
    const made = await act(() => makeWebhook(project, host.slug), { touch: [['webhooks', project]] });
    if (made) onMade(made);
    // Somebody else may have been faster.
    else await client.invalidateQueries({ queryKey: ['webhooks', project] });
  };
  return (
    <Panel title={host.name}>
      <Empty
        action={
          <Button look="main" icon="plus" busy={busy} why={not} onClick={() => void make()}>
            Set up the webhook
          </Button>
        }
      >
        {host.name} tells this project nothing yet. With a webhook, a push starts a CI flow in each branch that builds the pushed one, and a pull request a DEV flow. One webhook serves any number of repositories.
      </Empty>
    </Panel>
  );
}
