import type { SettingsView } from '../../api/generated/types.gen.ts';
import { Checkbox, SelectField, TextField } from '../../parts/Fields.tsx';
import { HiddenField } from './HiddenField.tsx';
import { type Security, type SettingsDraft, usualPort } from './settings-draft.ts';

interface Props {
  draft: SettingsDraft;
  set: (part: Partial<SettingsDraft>) => void;
  /** What the server says of a field. */
  wrong: (path: string) => string | undefined;
}

export function AddressFields({ draft, set, wrong }: Props) {
  return (
    <TextField
      label="Where people reach this server"
      hint={draft.publicUrl === '' ? `Links in messages begin with it; without it messages have none. This page was opened at ${location.origin}.` : 'Links in messages and addresses of webhooks begin with it.'}
      type="url"
      placeholder="https://ci.example.com"
      value={draft.publicUrl}
      wrong={wrong('/public_url')}
      onChange={(event) => set({ publicUrl: event.target.value })}
    />
  );
}

const SECURITY: { value: Security; label: string }[] = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'tls', label: 'TLS from the beginning' },
  { value: 'none', label: 'none: everybody on the way reads along' },
];

export function MailFields({ draft, set, wrong, stored }: Props & { stored: SettingsView }) {
  return (
    <div className="stack">
      <Checkbox label="Mails are sent" hint="Without, stages that ask for e-mail say so on their runs." checked={draft.mail} onChange={() => set({ mail: !draft.mail })} />
      {draft.mail && (
        <>
          <div className="form-grid">
            <TextField label="Mail server" placeholder="mail.example.com" value={draft.server} wrong={wrong('/smtp/server')} onChange={(event) => set({ server: event.target.value })} />
            <TextField label="Port" inputMode="numeric" placeholder={String(usualPort(draft.security))} value={draft.port} wrong={wrong('/smtp/port')} onChange={(event) => set({ port: event.target.value })} />
            <SelectField label="Security" choices={SECURITY} value={draft.security} onChoose={(security) => set({ security })} />
            <TextField label="From" placeholder="Kraken <ci@example.com>" value={draft.from} wrong={wrong('/smtp/from')} onChange={(event) => set({ from: event.target.value })} />
            <TextField label="User" hint="Empty: Kraken does not log in." value={draft.user} wrong={wrong('/smtp/user')} onChange={(event) => set({ user: event.target.value })} />
            <HiddenField label="Password" set={stored.smtp?.password_set === true} hidden={draft.password} wrong={wrong('/smtp/password')} onChange={(password) => set({ password })} />
          </div>
          <p className="small muted">Where server, port, security or user become others, the password is wanted again: it must not reach a server that it was not given for.</p>
        </>
      )}
    </div>
  );
}

export function SlackFields({ draft, set, wrong, stored }: Props & { stored: SettingsView }) {
  return (
    <div className="stack">
      <Checkbox label="Slack is told" checked={draft.slack} onChange={() => set({ slack: !draft.slack })} />
      {draft.slack && (
        <div className="form-grid">
          <HiddenField label="Token of a bot" hint="With the right chat:write." set={stored.slack?.token_set === true} hidden={draft.slackToken} wrong={wrong('/slack/token')} onChange={(slackToken) => set({ slackToken })} />
          <HiddenField label="Incoming webhook" hint="Its address, where there is no bot." set={stored.slack?.webhook_set === true} hidden={draft.slackWebhook} wrong={wrong('/slack/webhook')} onChange={(slackWebhook) => set({ slackWebhook })} />
          <TextField label="Address of the API" hint="Empty: Slack’s own." placeholder="https://slack.com/api" value={draft.slackApi} wrong={wrong('/slack/api')} onChange={(event) => set({ slackApi: event.target.value })} />
        </div>
      )}
    </div>
  );
}
