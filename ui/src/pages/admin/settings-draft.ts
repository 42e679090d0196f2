// The system's settings while somebody changes them. Pure.
//
// Secrets are never read: a draft keeps one as it is, replaces it, or removes it.
import type { NewSettings, SettingsView } from '../../api/generated/types.gen.ts';

export interface Hidden {
  how: 'keep' | 'new' | 'none';
  value: string;
}
export const KEPT: Hidden = { how: 'keep', value: '' };

export type Security = 'starttls' | 'tls' | 'none';

export interface SettingsDraft {
  publicUrl: string;
  mail: boolean;
  server: string;
  port: string;
  security: Security;
  user: string;
  from: string;
  password: Hidden;
  slack: boolean;
  slackApi: string;
  slackToken: Hidden;
  slackWebhook: Hidden;
}

const securityOf = (text: string | undefined): Security => (text === 'tls' || text === 'none' ? text : 'starttls');

export function draftOf({ public_url, smtp, slack }: SettingsView): SettingsDraft {
  return {
    publicUrl: public_url ?? '',
    mail: smtp != null,
    server: smtp?.server ?? '',
    port: smtp ? String(smtp.port) : '',
    security: securityOf(smtp?.security),
    user: smtp?.user ?? '',
    from: smtp?.from ?? '',
    password: KEPT,
    slack: slack != null,
    slackApi: slack?.api ?? '',
    slackToken: KEPT,
    slackWebhook: KEPT,
  };
}

/** Absent: as it was. Empty: gone. */
const sent = (hidden: Hidden): string | undefined => (hidden.how === 'keep' ? undefined : hidden.how === 'none' ? '' : hidden.value);
const orNull = (text: string): string | null => text.trim() || null;

/** The port that is meant when none is said. */
export const usualPort = (security: Security): number => (security === 'tls' ? 465 : 587);

export function settingsOf(draft: SettingsDraft, version: number): NewSettings {
  return {
    version,
    public_url: orNull(draft.publicUrl),
    smtp: draft.mail
      ? { server: draft.server.trim(), port: draft.port.trim() === '' ? null : Number(draft.port), security: draft.security, user: orNull(draft.user), from: draft.from.trim(), password: sent(draft.password) }
      : null,
    slack: draft.slack ? { api: orNull(draft.slackApi), token: sent(draft.slackToken), webhook: sent(draft.slackWebhook) } : null,
  };
}

/** What is wrong before it is sent. */
export function wrongDraft(draft: SettingsDraft): string | undefined {
  if (draft.mail && draft.server.trim() === '') return 'the mail server is missing';
  if (draft.mail && draft.from.trim() === '') return 'whom mails are from is missing';
  if (draft.mail && draft.port.trim() !== '' && !/^[1-9]\d{0,4}$/.test(draft.port.trim())) return 'the port is no number from 1 to 65535';
  return undefined;
}

/** What a draft says, line by line, to be compared with another one. */
export function told(draft: SettingsDraft): string {
  const hidden = (name: string, { how }: Hidden) => (how === 'keep' ? [] : [`${name}: ${how === 'new' ? 'another one' : 'removed'}`]);
  return [
    `web address: ${draft.publicUrl || 'none'}`,
    ...(draft.mail
      ? [
          `mail server: ${draft.server}:${draft.port || usualPort(draft.security)} (${draft.security})`,
          `mail user: ${draft.user || 'none'}`,
          ...hidden('mail password', draft.password),
          `mails are from: ${draft.from}`,
        ]
      : ['mail server: none']),
    ...(draft.slack ? [`Slack API: ${draft.slackApi || 'its own'}`, ...hidden('Slack token', draft.slackToken), ...hidden('Slack webhook', draft.slackWebhook)] : ['Slack: none']),
  ].join('\n');
}
