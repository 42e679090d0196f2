// The root of all addresses, and how their searches are read. Routes themselves: router.tsx and its neighbours.
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext } from '@tanstack/react-router';

import { session } from '../api/session.ts';
import { NotHere } from './Outcomes.tsx';
import { Shell } from './Shell.tsx';

export const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Shell, notFoundComponent: NotHere });
export const under = () => root;

export const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined);
export const oneOf =
  <T extends string>(...allowed: T[]) =>
  (value: unknown): T | undefined =>
    allowed.find((item) => item === value);

/** Leaves out what is not set, so that addresses stay short. */
export const tidy = <T extends object>(search: T): T => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;

/** Asks for what a page will show while its code is still on the way; the page waits for neither. */
export const early = (...asked: (() => Promise<unknown>)[]): void => {
  if (session.token() === null) return;
  // The panel that shows it says what failed.
  for (const ask of asked) ask().catch(() => undefined);
};
