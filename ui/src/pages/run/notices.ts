// Notices of a run in words. Pure.
import type { NoticeView } from '../../api/generated/types.gen.ts';
import type { State } from '../../words/states.ts';

const STATES: Record<string, State> = {
  owed: { look: 'queued', word: 'To be sent' },
  sent: { look: 'passed', word: 'Sent' },
  refused: { look: 'failed', word: 'Refused' },
  given_up: { look: 'failed', word: 'Given up' },
  overtaken: { look: 'cancelled', word: 'Overtaken' },
};

/** One that was tried already and is still owed is being tried again. */
export function noticeState({ state, attempts }: Pick<NoticeView, 'state' | 'attempts'>): State {
  if (state === 'owed' && attempts > 0) return { look: 'tests', word: 'Tried again' };
  return STATES[state] ?? { look: 'idle', word: state };
}

const CHANNELS: Record<string, string> = {
  email: 'e-mail',
  slack: 'Slack',
  discord: 'Discord',
  github: 'status at GitHub',
  gitlab: 'status at GitLab',
  gitea: 'status at Gitea',
  webhook: 'webhook',
};
export const channelName = (channel: string): string => CHANNELS[channel] ?? channel;

const EVENTS: Record<string, string> = {
  start: 'it started',
  end: 'it ended',
  failure: 'it failed',
  fixed: 'it was mended',
  regression: 'it broke',
};
export const eventName = (on: string): string => EVENTS[on] ?? on;
