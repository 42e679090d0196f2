import './styles/index.css';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { ApiProblem } from './api/problem.ts';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { arrive, takeCode } from './api/sign-in.ts';
import { makeRouter } from './app/router.tsx';

const RETRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      gcTime: 10 * 60_000,
      // Only what may pass is tried again: a refusal stays a refusal.
      retry: (failures, error) => failures < RETRIES && error instanceof ApiProblem && error.passing,
    },
  },
});

function start(root: HTMLElement): void {
  createRoot(root).render(
    <StrictMode>
      {/* The Content-Security-Policy allows no style elements. */}
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={client}>
          <RouterProvider router={makeRouter(client)} />
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}

/** Whether a code was there that signed somebody in. */
async function arrived(): Promise<boolean> {
  const code = takeCode();
  return code !== undefined && arrive(code);
}

const root = document.getElementById('root');
if (root) void arrived().then(() => start(root));
// A link that is opened in a tab with the app in it only changes what is behind the #. What the page shows may be somebody else's now.
window.addEventListener('hashchange', () => void arrived().then((signedIn) => signedIn && location.reload()));
