import { Dialog as Base } from '@base-ui/react/dialog';
import { useState } from 'react';

import { Button, IconButton } from './Button.tsx';
import { ProblemNote } from './Problem.tsx';

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  children: React.ReactNode;
  wide?: boolean;
  /** A click beside it does not close it: it shows or holds what would be lost. */
  keep?: boolean;
}

export function Dialog({ title, open, onClose, children, wide, keep }: Props) {
  return (
    <Base.Root open={open} disablePointerDismissal={keep === true} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className={`dialog ${wide ? 'dialog-wide' : ''}`}>
          <header className="dialog-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            <Base.Close render={<IconButton icon="close" label="Close" />} />
          </header>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  title: string;
  /** What will happen, naming the thing. */
  children: React.ReactNode;
  /** The verb on the button. */
  verb: string;
  danger?: boolean;
  open: boolean;
  onClose: () => void;
  act: () => Promise<unknown>;
}

/** Asks before something that can't be undone; stays open, with the reason, when it fails. */
export function Confirm({ title, children, verb, danger, open, onClose, act }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const go = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      close();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} open={open} onClose={close}>
      <div className="dialog-body wrap-any">{children}</div>
      {error !== undefined && <ProblemNote error={error} />}
      <footer className="dialog-foot">
        <Button onClick={close}>Keep as it is</Button>
        <Button look={danger ? 'danger' : 'main'} busy={busy} onClick={() => void go()}>
          {verb}
        </Button>
      </footer>
    </Dialog>
  );
}
