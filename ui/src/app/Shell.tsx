// What stands around every page: bar, side bar, banner, messages, keys. Without a token, only the way to sign in.
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';

import { session } from '../api/session.ts';
import { useKeys } from '../parts/keys.ts';
import { Boundary } from '../parts/Panel.tsx';
import { Toasts } from '../parts/Toasts.tsx';
import { Tooltip } from '../parts/Tooltip.tsx';
import { Arrival } from './Arrival.tsx';
import { Away } from './Away.tsx';
import { Login } from './Login.tsx';
import { SideBar } from './SideBar.tsx';
import { TopBar } from './TopBar.tsx';

const Palette = lazy(() => import('./Palette.tsx'));
const KeyHelp = lazy(async () => ({ default: (await import('./KeyHelp.tsx')).KeyHelp }));

export function Shell() {
  const token = useSyncExternalStore(session.subscribe, session.token);
  return token === null ? <Login /> : <House />;
}

type Over = 'palette' | 'keys' | undefined;

function House() {
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [over, setOver] = useState<Over>();
  const main = useRef<HTMLElement>(null);
  const close = () => setOver(undefined);

  useKeys([
    { keys: 'mod+k', does: 'search or jump', run: () => setOver('palette') },
    { keys: '/', does: 'search', run: () => setOver('palette') },
    { keys: '?', does: 'this help', run: () => setOver('keys') },
    { keys: 'g h', does: 'go home', run: () => void navigate({ to: '/' }) },
    { keys: 'g q', does: 'go to the queue', run: () => void navigate({ to: '/queue' }) },
    { keys: 'g a', does: 'go to agents', run: () => void navigate({ to: '/agents' }) },
  ], true);

  // A new page is read from its beginning, also by screen readers.
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <>
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the page
      </a>
      <TopBar onSearch={() => setOver('palette')} onKeys={() => setOver('keys')} />
      <SideBar />
      <main id="main" ref={main} tabIndex={-1} className="main">
        <Away />
        <Boundary on={path}>
          <Outlet />
        </Boundary>
      </main>
      <Arrival />
      <Toasts />
      <Tooltip />
      <Suspense fallback={null}>
        {over === 'palette' && <Palette onClose={close} />}
        {over === 'keys' && <KeyHelp open onClose={close} />}
      </Suspense>
    </>
  );
}
