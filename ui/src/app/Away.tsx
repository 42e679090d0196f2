// The banner for when the server, or the network, is away: what is shown may be old, and since when.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';

import { reachability } from '../api/call.ts';
import { serverNow } from '../api/clock.ts';
import { Banner } from '../parts/Banner.tsx';
import { Button } from '../parts/Button.tsx';
import { Ago } from '../parts/Time.tsx';

const RETRY_MS = 5000;

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

export function Away() {
  const reach = useSyncExternalStore(reachability.subscribe, reachability.now);
  const online = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  return online && reach === 'reached' ? null : <AwayBanner online={online} />;
}

function AwayBanner({ online }: { online: boolean }) {
  const client = useQueryClient();
  const [since] = useState(() => new Date(serverNow()).toISOString());
  const again = () => void client.refetchQueries({ type: 'active' });
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void client.refetchQueries({ type: 'active' });
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [client]);
  return (
    <Banner look="tests" action={<Button onClick={again}>Try now</Button>}>
      <strong>{online ? 'The server does not answer.' : 'This device is offline.'}</strong> What you see may be older than <Ago at={since} />. Trying again every few seconds.
    </Banner>
  );
}
