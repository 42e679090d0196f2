// Signing in: with an API token, until the server knows other ways.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer } from '../api/call.ts';
import { getProjects } from '../api/generated/sdk.gen.ts';
import { ApiProblem } from '../api/problem.ts';
import { session } from '../api/session.ts';
import { Button } from '../parts/Button.tsx';
import { CopyLine } from '../parts/Copy.tsx';
import { TextField } from '../parts/Fields.tsx';
import { ProblemNote } from '../parts/Problem.tsx';
import { Mark } from './Mark.tsx';

export function Login() {
  const client = useQueryClient();
  const [turnedAway] = useState(session.wasRefused);
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
        {turnedAway && error === undefined && <p role="status">You were signed out: your token has ended, or it was revoked.</p>}
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
          <p>Whoever started the server with <code>kraken up</code> finds a token in its data directory:</p>
          <CopyLine text="cat ~/.local/share/kraken/admin-token" what="command" />
          <p>Others are made by people who have one, under API tokens.</p>
        </div>
      </form>
    </main>
  );
}
