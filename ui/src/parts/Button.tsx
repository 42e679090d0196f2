// Buttons. A disabled one says why: `why` is its tooltip and description, and it stays focusable so that the reason can be found.
// `data-tip` is shown by Tooltip.tsx.
import { Icon, type IconName } from './Icon.tsx';

type Native = Omit<React.ComponentProps<'button'>, 'disabled' | 'children'>;

interface Shared extends Native {
  /** Why it cannot be used now; absent: it can. */
  why?: string | undefined;
  busy?: boolean;
}

interface Props extends Shared {
  look?: 'plain' | 'main' | 'danger' | 'quiet';
  icon?: IconName;
  keys?: string;
  children: React.ReactNode;
}

function off({ why, busy, onClick, ...rest }: Shared): Native & { 'data-tip'?: string | undefined } {
  const disabled = why !== undefined || busy === true;
  return {
    type: 'button',
    ...rest,
    'aria-disabled': disabled || undefined,
    'aria-busy': busy === true || undefined,
    'aria-description': why,
    'data-tip': why,
    onClick: (event) => {
      if (disabled) event.preventDefault();
      else onClick?.(event);
    },
  };
}

export function Button({ look = 'plain', icon, keys, children, className = '', ...rest }: Props) {
  return (
    <button className={`button button-${look} ${className}`} {...off(rest)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {keys && <kbd className="keys">{keys}</kbd>}
    </button>
  );
}

/** A button that is only a shape; its label is what it does. */
export function IconButton({ icon, label, className = '', pressed, ...rest }: Shared & { icon: IconName; label: string; pressed?: boolean }) {
  return (
    <button className={`icon-button ${className}`} aria-label={label} aria-pressed={pressed} {...off(rest)} data-tip={rest.why ?? label}>
      <Icon name={icon} />
    </button>
  );
}
