import { Tooltip as Base } from '@base-ui/react/tooltip';

/** A short text beside something that can be pointed at or focused. Never the only place of what matters. */
export function Tooltip({ text, children }: { text: string; children: React.ReactElement<Record<string, unknown>> }) {
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={400} />
      <Base.Portal>
        <Base.Positioner sideOffset={6}>
          <Base.Popup className="tooltip">{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
