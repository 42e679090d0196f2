// A key that was just made: shown once, with all that is to be entered at the host.
import type { WebhookMade } from '../../api/generated/types.gen.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyLine } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { useServerAddress } from '../shared/useServerAddress.ts';
import { type Host, hostOf } from './hosts.ts';

export function MadeDialog({ made, onClose }: { made: WebhookMade | undefined; onClose: () => void }) {
  return (
    <Dialog title={made ? `Enter this at ${hostOf(made.webhook.host).name}` : ''} open={made !== undefined} onClose={onClose} wide keep>
      {made && <Steps host={hostOf(made.webhook.host)} path={made.webhook.path} secret={made.secret} />}
      <footer className="dialog-foot">
        <Button look="main" onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  );
}

function Steps({ host, path, secret }: { host: Host; path: string; secret: string }) {
  return (
    <div className="dialog-body stack">
      <Entries host={host} path={path} />
      <div className="field">
        <span className="field-label">{host.key}</span>
        <CopyLine text={secret} what="key of the webhook" />
        <p className="small muted">The key is shown only now. It is kept sealed here; who loses it makes another one.</p>
      </div>
    </div>
  );
}

/** What is to be entered besides the key. */
export function Entries({ host, path }: { host: Host; path: string }) {
  const address = useServerAddress();
  return (
    <>
      <p>
        At {host.name}, in the repository or for the whole organisation: <strong>{host.where}</strong>.
      </p>
      <div className="field">
        <span className="field-label">{host.address}</span>
        <CopyLine text={`${address}${path}`} what="address of the webhook" />
      </div>
      {host.contentType && (
        <p>
          Content type: <code>{host.contentType}</code>
        </p>
      )}
      <p>
        Events:{' '}
        {host.events.map((event, index) => (
          <span key={event}>
            {index > 0 && ', '}
            <strong>{event}</strong>
          </span>
        ))}
        . Others do no harm: they start nothing.
      </p>
    </>
  );
}
