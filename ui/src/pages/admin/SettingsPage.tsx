// The system's settings: where it is, and by what it tells people.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { SettingsView } from '../../api/generated/types.gen.ts';
import { ApiProblem } from '../../api/problem.ts';
import { settings, setSettings } from '../../api/system.ts';
import { AdminOnly } from '../../app/AdminOnly.tsx';
import { Unsaved } from '../../app/Unsaved.tsx';
import { useSubmit } from '../../app/useSubmit.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Button } from '../../parts/Button.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';
import { toast } from '../../parts/Toasts.tsx';
import { Versions } from '../../parts/Versions.tsx';
import { AddressFields, MailFields, SlackFields } from './SettingsFields.tsx';
import { draftOf, type SettingsDraft, settingsOf, told, wrongDraft } from './settings-draft.ts';

export function SettingsPage() {
  useTitle('Settings');
  return (
    <AdminOnly what="The settings of the system">
      <Settings />
    </AdminOnly>
  );
}

function Settings() {
  // What somebody writes is not to be taken from under their hands.
  const found = useQuery({ ...settings(), refetchOnWindowFocus: false, staleTime: Infinity });
  return <Query of={found}>{(data) => <Form key={data.version} stored={data} />}</Query>;
}

const FIELDS = ['/public_url', '/smtp/server', '/smtp/port', '/smtp/from', '/smtp/user', '/smtp/password', '/slack/api', '/slack/token', '/slack/webhook'];

function Form({ stored }: { stored: SettingsView }) {
  const client = useQueryClient();
  const { busy, error, submit, wrong, clear } = useSubmit();
  const [draft, setDraft] = useState(() => draftOf(stored));
  /** The version that the next save replaces, and what somebody else made of it meanwhile. */
  const [base, setBase] = useState(stored.version);
  const [theirs, setTheirs] = useState<SettingsView>();

  const set = (part: Partial<SettingsDraft>) => setDraft({ ...draft, ...part });
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOf(stored));
  const bad = wrongDraft(draft);
  const take = (view: SettingsView) => client.setQueryData(settings().queryKey, view);
  const save = async () => {
    await submit(async () => {
      try {
        take(await setSettings(settingsOf(draft, base)));
        toast.say('The settings are saved');
      } catch (caught) {
        if (!(caught instanceof ApiProblem && caught.status === 409)) throw caught;
        // Not by the query that this form stands on.
        setTheirs(await client.query({ ...settings(), queryKey: ['settings-theirs'], staleTime: 0, gcTime: 0 }));
      }
    });
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !bad && !busy) void save();
      }}
    >
      <Unsaved when={changed && !busy} what="the settings of the system" />
      <Panel title="Address">
        <AddressFields draft={draft} set={set} wrong={wrong} />
      </Panel>
      <Panel title="E-mail">
        <MailFields draft={draft} set={set} wrong={wrong} stored={stored} />
      </Panel>
      <Panel title="Slack">
        <SlackFields draft={draft} set={set} wrong={wrong} stored={stored} />
      </Panel>
      {theirs && theirs.version !== base && (
        <Panel title="Somebody else changed the settings meanwhile" className="conflict">
          <div className="stack">
            <Versions theirs={told(draftOf(theirs))} mine={told(draft)} />
            <div className="row row-wrap">
              <Button onClick={() => setBase(theirs.version)}>Go on with mine: the next save replaces theirs</Button>
              <Button look="quiet" onClick={() => take(theirs)}>
                Take theirs
              </Button>
            </div>
          </div>
        </Panel>
      )}
      {error !== undefined && !FIELDS.some((field) => wrong(field)) && <ProblemNote error={error} />}
      <div className="form-end">
        <Button look="main" type="submit" busy={busy} why={changed ? bad : 'nothing was changed'}>
          Save
        </Button>
        {changed && (
          <Button
            look="quiet"
            onClick={() => {
              setDraft(draftOf(stored));
              clear();
            }}
          >
            As it was
          </Button>
        )}
        <span className="small muted">Secrets are kept sealed and never shown again.</span>
      </div>
    </form>
  );
}
