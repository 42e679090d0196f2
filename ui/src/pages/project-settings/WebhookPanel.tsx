// A webhook that is set up: what the host was to be told, its keys, its end.
import { useState } from 'react';

import type { WebhookMade, WebhookView } from '../../api/generated/types.gen.ts';
import { deleteWebhook, rotateWebhook } from '../../api/webhooks.ts';
import { useAct } from '../../app/useAct.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { SelectField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { useServerAddress } from '../shared/useServerAddress.ts';
import { type Host, reachable, RULES } from './hosts.ts';
import { Entries } from './WebhookKey.tsx';

interface Props {
  project: string;
  host: Host;
  webhook: WebhookView;
  not: string | undefined;
  onMade: (made: WebhookMade) => void;
}

export function WebhookPanel({ project, host, webhook, not, onMade }: Props) {
  const { actOrThrow } = useAct();
  const address = useServerAddress();
  const [over, setOver] = useState<'rotate' | 'delete'>();
  const close = () => setOver(undefined);
  const lost = webhook.keys.length > 0 && webhook.keys.every((key) => key.must_be_rotated);
  return (
    <>
      {lost && <Banner look="tests">This webhook came from another system without its key: what {host.name} sends is refused until another key is made and entered there.</Banner>}
      {!reachable(address) && (
        <Banner look="tests">
          {host.name} must reach <code>{address}</code>, over HTTPS. If that is not where others reach this server, administrators set the right address in the settings of the system.
        </Banner>
      )}
      <Panel
        title={host.name}
        aside={
          <span className="row row-wrap">
            <Button why={not} onClick={() => setOver('rotate')}>
              New key
            </Button>
            <Button look="quiet" why={not} onClick={() => setOver('delete')}>
              Delete
            </Button>
          </span>
        }
      >
        <div className="stack">
          <Entries host={host} path={webhook.path} />
          <ul className="lines keys-of-webhook" aria-label="Keys">
            {webhook.keys.map((key) => (
              <li key={key.id} className="row row-wrap small">
                <span>
                  Key of <Ago at={key.created_at} />
                </span>
                {key.ends_at ? (
                  <span className="muted">
                    good until <Ago at={key.ends_at} />
                  </span>
                ) : (
                  <span className="muted">the newest</span>
                )}
                {key.must_be_rotated && <Tag look="tests">lost: make another</Tag>}
              </li>
            ))}
          </ul>
          <p className="small muted">
            Set up <Ago at={webhook.created_at} />
            {webhook.created_by && (
              <>
                {' '}by <bdi>{webhook.created_by}</bdi>
              </>
            )}
            .
          </p>
          <Rules />
        </div>
      </Panel>
      <Rotate project={project} host={host} open={over === 'rotate'} onClose={close} onMade={onMade} />
      <Confirm
        title={`Delete the webhook of ${host.name}?`}
        verb="Delete the webhook"
        danger
        open={over === 'delete'}
        onClose={close}
        act={() => actOrThrow(() => deleteWebhook(project, host.slug), { say: `The webhook of ${host.name} is deleted`, touch: [['webhooks', project]] })}
      >
        <p>
          What {host.name} sends to <bdi>{project}</bdi> is refused from then on: pushes and pull requests start nothing. Its key is lost.
        </p>
      </Confirm>
    </>
  );
}

function Rules() {
  return (
    <details>
      <summary>What a push starts, and how a stage says less</summary>
      <div className="stack rules">
        <p>
          A push starts a CI flow in each branch that builds the pushed one; a pull request a DEV flow in each branch that it goes to; a tag in branches with a stage that asks for it. <code>[skip ci]</code> in the newest commit starts nothing. Root stages take part unless they say otherwise:
        </p>
        <pre tabIndex={0}>{RULES}</pre>
      </div>
    </details>
  );
}

type Keep = '0' | '3600' | '86400' | '604800' | '2592000';
const KEEPS: { value: Keep; label: string }[] = [
  { value: '86400', label: 'for a day' },
  { value: '3600', label: 'for an hour' },
  { value: '604800', label: 'for a week' },
  { value: '2592000', label: 'for 30 days' },
  { value: '0', label: 'not at all: somebody else knows it' },
];

function Rotate({ project, host, open, onClose, onMade }: { project: string; host: Host; open: boolean; onClose: () => void; onMade: (made: WebhookMade) => void }) {
  const { actOrThrow } = useAct();
  const [keep, setKeep] = useState<Keep>('86400');
  return (
    <Confirm
      title={`Make another key for ${host.name}?`}
      verb="Make another key"
      open={open}
      onClose={onClose}
      act={async () => onMade(await actOrThrow(() => rotateWebhook(project, host.slug, Number(keep)), { touch: [['webhooks', project]] }))}
    >
      <div className="stack">
        <p>Enter the new key at {host.name} before the one before ends.</p>
        <SelectField label="The key before is still good" choices={KEEPS} value={keep} onChoose={setKeep} />
      </div>
    </Confirm>
  );
}
