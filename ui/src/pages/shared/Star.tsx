import { toggleStar, useStars } from '../../app/stars.ts';
import { IconButton } from '../../parts/Button.tsx';

/** Makes a branch one of one's own, which home shows first and the bar offers to start. */
export function Star({ branch, name }: { branch: string; name: string }) {
  const starred = useStars().includes(branch);
  return <IconButton icon="star" className="star" label={starred ? `${name} is one of my branches` : `Make ${name} one of my branches`} pressed={starred} onClick={() => toggleStar(branch)} />;
}
