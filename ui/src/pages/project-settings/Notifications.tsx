// Who is told of runs: which channels can be used here, and what a stage writes to use one.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { SettingsView } from '../../api/generated/types.gen.ts';
import { secrets } from '../../api/secrets.ts';
import { settings } from '../../api/system.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Checkbox, SelectField, TextField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { StateBadge } from '../../parts/State.tsx';
import type { State } from '../../words/states.ts';
import { type About, CHANNELS, EVENTS, onOf, snippet } from './notification.ts';
import { useProject } from './useProject.ts';

const route = getRouteApi('/p/$project/settings/notifications');

export function Notifications() {
  const { name } = useProject('Notifications');
  const not = useWhyNot('admin', null);
  const stored = useQuery({ ...settings(), enabled: not === undefined });
  return (
    <div className="stack">
      <p className="muted">Each stage says under “notification” whom to tell of its runs. What mails and Slack are sent by holds for the whole system; tokens of git hosts are secrets of the project.</p>
      {stored.isError && <ProblemNote error={stored.error} retry={() => void stored.refetch()} />}
      <Panel title="Channels" aside={not === undefined && <Link to="/admin/settings" className="small">Settings of the system</Link>} flush>
        <ul className="lines">
          {CHANNELS.map((about) => (
            <li key={about.channel} className="line-row line-badged">
              <span className="line-state">
                <StateBadge state={ready(about, stored.data, not)} />
              </span>
              <span className="line-main">
                <strong>{about.name}</strong>
              </span>
              <span className="line-more muted">{needed(about, stored.data)}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Writer project={name} />
    </div>
  );
}

function ready({ needs }: About, stored: SettingsView | undefined, not: string | undefined): State {
  if (needs === 'secret' || needs === 'nothing') return { look: 'passed', word: 'Ready' };
  if (!stored) return { look: 'idle', word: not ? 'Not known' : 'Looking' };
  const there = needs === 'mail server' ? stored.smtp != null : stored.slack != null && (stored.slack.token_set || stored.slack.webhook_set);
  return there ? { look: 'passed', word: 'Ready' } : { look: 'cancelled', word: 'Not set' };
}

function needed({ channel, needs }: About, stored: SettingsView | undefined): string {
  if (needs === 'mail server') return stored?.smtp ? `by ${stored.smtp.server}, from ${stored.smtp.from}` : 'administrators of the system set the mail server';
  if (needs === 'Slack') return stored?.slack?.token_set ? 'by a bot' : stored?.slack?.webhook_set ? 'by an incoming webhook, in its one channel' : 'administrators of the system set a token or webhook';
  if (channel === 'discord') return 'a secret holds the address of the channel’s webhook';
  if (channel === 'webhook') return 'a secret signs what is sent, if you want';
  return 'the commit’s status; a secret holds a token of the host';
}

/** Writes the stage's text for one channel. */
function Writer({ project }: { project: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const known = useQuery(secrets({ of: 'project', project })).data?.items ?? [];
  const [whom, setWhom] = useState<string>();
  const [secret, setSecret] = useState<string>();
  const about = CHANNELS.find((item) => item.channel === search.channel) ?? CHANNELS[0];
  if (!about) return null;
  const on = onOf(search.on);
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const flip = (event: (typeof EVENTS)[number]['value']) => {
    const next = on.includes(event) ? on.filter((item) => item !== event) : [...on, event];
    set({ on: next.join(',') || undefined });
  };
  const named = secret ?? known[0]?.name ?? (about.channel === 'webhook' ? '' : 'NAME_OF_A_SECRET');
  const text = snippet(about, whom ?? about.whom?.example ?? '', named, on);
  return (
    <Panel title="What a stage writes">
      <div className="stack">
        <div className="form-grid">
          <SelectField
            label="Channel"
            choices={CHANNELS.map((item) => ({ value: item.channel, label: item.name }))}
            value={about.channel}
            onChoose={(channel) => {
              setWhom(undefined);
              set({ channel });
            }}
          />
          {about.whom && <TextField label={about.whom.label} value={whom ?? about.whom.example} onChange={(event) => setWhom(event.target.value)} />}
          {about.needs === 'secret' && (
            <SelectField
              label="Secret"
              hint={known.length === 0 ? <>The project has none yet: <Link to="/p/$project/settings/secrets" params={{ project }}>make one</Link>.</> : undefined}
              choices={[...(about.channel === 'webhook' ? [{ value: '', label: 'none: not signed' }] : []), ...known.map((item) => ({ value: item.name, label: item.name })), ...(known.length === 0 && about.channel !== 'webhook' ? [{ value: named, label: 'none yet' }] : [])]}
              value={named}
              onChoose={setSecret}
            />
          )}
        </div>
        <fieldset className="arguments">
          <legend className="field-label">Tell when the run of the stage …</legend>
          <div className="checks">
            {EVENTS.map((event) => (
              <Checkbox key={event.value} label={event.label} checked={on.includes(event.value)} onChange={() => flip(event.value)} />
            ))}
          </div>
          {on.length === 0 && <p className="small muted">None chosen: when {about.usual.map((event) => EVENTS.find((item) => item.value === event)?.label).join(' and when ')}.</p>}
        </fieldset>
        <div className="row snippet-row">
          <pre className="snippet grow" tabIndex={0}>
            {text}
          </pre>
          <Copy text={text} what="the text for the stage" />
        </div>
      </div>
    </Panel>
  );
}
