import { Menu as Base } from '@base-ui/react/menu';
import { useState } from 'react';

/** A menu that opens from a button: `trigger` is that button. It lies over the page, and is part of it for who hears pages read. */
export function Menu({ trigger, children }: { trigger: React.ReactElement<Record<string, unknown>>; children: React.ReactNode }) {
  const [page, setPage] = useState<HTMLElement | null>(null);
  return (
    <Base.Root modal={false} onOpenChange={(open) => open && setPage(document.getElementById('main'))}>
      <Base.Trigger render={trigger} />
      <Base.Portal container={page ?? undefined}>
        <Base.Positioner sideOffset={4} align="start" className="over">
          <Base.Popup className="menu">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({ chosen, children, ...rest }: { chosen?: boolean; children: React.ReactNode; onClick?: () => void; render?: React.ReactElement<Record<string, unknown>> }) {
  return (
    <Base.Item className="menu-item" data-chosen={chosen ? '' : undefined} aria-current={chosen ? 'true' : undefined} {...rest}>
      {children}
    </Base.Item>
  );
}
