// Who is signed in on this browser, what they may do, how it looks, and the way out.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { GrantView, Me } from '../../api/generated/types.gen.ts';
import { me, projects, version } from '../../api/queries.ts';
import { session } from '../../api/session.ts';
import { setTheme, THEMES, useTheme } from '../../app/theme.ts';
import { useSignOut } from '../../app/useSignOut.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Button } from '../../parts/Button.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Segments } from '../../parts/Fields.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';

export function MePage() {
  useTitle('You');
  const who = useQuery(me());
  return (
    <div className="page page-narrow">
      <PageQuery of={who} what="You">
        {(data) => <Person me={data} />}
      </PageQuery>
    </div>
  );
}

function Person({ me: who }: { me: Me }) {
  const theme = useTheme();
  const about = useQuery(version()).data;
  const signOut = useSignOut();
  return (
    <>
      <PageHead title={<bdi>{who.name}</bdi>} actions={<Button onClick={signOut}>Sign out</Button>}>
        <p className="muted">{session.own() === null ? 'Signed in with an API token.' : 'Signed in by a link: the token is this browser’s alone, and signing out ends it.'}</p>
      </PageHead>
      <div className="stack">
        <Panel title="What you may do" flush>
          <Grants grants={who.grants} />
        </Panel>
        <Panel title="How it looks">
          <div className="stack">
            <Segments label="Theme" choices={THEMES} value={theme} onChoose={setTheme} />
            <p className="small muted">
              Kept on this browser. <Link to="/design">Every component</Link> in one place; <kbd className="keys">?</kbd> shows the keys.
            </p>
          </div>
        </Panel>
        <Panel title="Your token">
          <Facts
            column
            facts={[
              ['Name', <bdi key="name">{who.name}</bdi>],
              ['Ends', who.expires_at ? <Ago key="ends" at={who.expires_at} /> : 'never'],
              ['Id', <code key="id">{who.token}</code>],
              ['Server', about && `Kraken ${about.version}`],
            ]}
          />
        </Panel>
      </div>
    </>
  );
}

function Grants({ grants }: { grants: readonly GrantView[] }) {
  const known = useQuery(projects()).data?.items ?? [];
  if (grants.length === 0) return <Empty>Nothing yet: an administrator gives roles, in a project or over everything.</Empty>;
  return (
    <ul className="lines">
      {grants.map((grant, index) => {
        const name = known.find((project) => project.id === grant.project)?.name;
        return (
          <li key={index} className="line-row">
            <Tag look={grant.role === 'admin' ? 'tests' : 'idle'}>{grant.role}</Tag>
            {grant.project == null ? (
              <span>over the whole system</span>
            ) : name === undefined ? (
              <span className="muted">in a project that is gone</span>
            ) : (
              <span className="clip">
                in{' '}
                <Link to="/p/$project" params={{ project: name }}>
                  <bdi>{name}</bdi>
                </Link>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
