import { Dialog } from '../parts/Dialog.tsx';
import { activeBindings } from '../parts/keys.ts';

/** `?`: what the keys do on this page. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const bindings = open ? activeBindings().filter((binding) => binding.does) : [];
  return (
    <Dialog title="Keys on this page" open={open} onClose={onClose}>
      <dl className="key-list">
        {bindings.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key.replace('mod+k', 'Ctrl K')}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
