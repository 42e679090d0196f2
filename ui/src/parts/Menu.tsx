import { Menu as Base } from '@base-ui/react/menu';

/** A menu that opens from a button: `trigger` is that button. */
export function Menu({ trigger, children }: { trigger: React.ReactElement<Record<string, unknown>>; children: React.ReactNode }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
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
