// Signing in: with an API token, until the server knows other ways.
import { useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';

import { answer } from '../api/call.ts';
import { getProjects } from '../api/generated/sdk.gen.ts';
import { ApiProblem } from '../api/problem.ts';
import { type Refusal, session } from '../api/session.ts';
import { Button } from '../parts/Button.tsx';
import { CopyLine } from '../parts/Copy.tsx';
import { TextField } from '../parts/Fields.tsx';
import { ProblemNote } from '../parts/Problem.tsx';
import { Mark } from './Mark.tsx';

const WHY: Record<Refusal, string> = {
  token: 'You were signed out: your token has ended, or it was revoked.',
  code: 'This link did not work: it was used before, or it is older than ten minutes.',
  away: 'The server did not answer when the link was used. Another one may do.',
};

export function Login() {
  const client = useQueryClient();
  const refusal = useSyncExternalStore(session.subscribe, session.refusal);
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const signIn = async () => {
    const token = secret.trim();
    if (token === '') return;
    setBusy(true);
    setError(undefined);
    try {
      await answer(getProjects({ query: { limit: 1 }, auth: () => token }));
      client.clear();
      session.signIn(token);
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const refused = error instanceof ApiProblem && error.status === 401;
  return (
    <main className="login">
      <form
        className="login-box"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <Mark />
        <h1>Sign in to Kraken</h1>
        {refusal !== undefined && error === undefined && <p role="status">{WHY[refusal]}</p>}
        <TextField
          label="API token"
          type="password"
          autoFocus
          autoComplete="current-password"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          wrong={refused ? 'This token is not known here, or it has ended.' : undefined}
        />
        {error !== undefined && !refused && <ProblemNote error={error} />}
        <Button look="main" type="submit" busy={busy}>
          Sign in
        </Button>
        <div className="stack small muted">
          <p>
            Whoever uses the command line here needs no token: this shows a link that signs you in.
          </p>
          <CopyLine text="kraken ui" what="command" />
          <p>Tokens are made by people who have one, under API tokens.</p>
        </div>
      </form>
    </main>
  );
}
