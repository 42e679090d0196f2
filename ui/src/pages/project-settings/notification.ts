// What a stage writes to tell somebody of its runs. Pure.

export type Channel = 'email' | 'slack' | 'discord' | 'github' | 'gitlab' | 'gitea' | 'webhook';
export type On = 'start' | 'end' | 'failure' | 'fixed' | 'regression';

export interface About {
  channel: Channel;
  name: string;
  /** What it needs, besides what the stage says. */
  needs: 'mail server' | 'Slack' | 'secret' | 'nothing';
  /** What it is told of unless the stage says otherwise. */
  usual: readonly On[];
  /** The field that names whom. */
  whom: { label: string; example: string } | undefined;
}

export const CHANNELS: readonly About[] = [
  { channel: 'email', name: 'E-mail', needs: 'mail server', usual: ['end'], whom: { label: 'Mailboxes, with commas between', example: 'ada@example.com' } },
  { channel: 'slack', name: 'Slack', needs: 'Slack', usual: ['end'], whom: { label: 'Channel', example: '#builds' } },
  { channel: 'discord', name: 'Discord', needs: 'secret', usual: ['end'], whom: undefined },
  { channel: 'github', name: 'GitHub', needs: 'secret', usual: ['start', 'end'], whom: undefined },
  { channel: 'gitlab', name: 'GitLab', needs: 'secret', usual: ['start', 'end'], whom: undefined },
  { channel: 'gitea', name: 'Gitea or Forgejo', needs: 'secret', usual: ['start', 'end'], whom: undefined },
  { channel: 'webhook', name: 'A webhook of yours', needs: 'secret', usual: ['start', 'end'], whom: { label: 'Address', example: 'https://deploy.example/kraken' } },
];

export const EVENTS: readonly { value: On; label: string }[] = [
  { value: 'start', label: 'it starts' },
  { value: 'end', label: 'it ends' },
  { value: 'failure', label: 'it fails' },
  { value: 'regression', label: 'it breaks: the one before was right' },
  { value: 'fixed', label: 'it is mended: the one before failed' },
];

const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
const same = (one: readonly string[], other: readonly string[]) => one.length === other.length && one.every((item) => other.includes(item));

/** The stage's text for one channel. `on` empty: what is usual. */
export function snippet({ channel, usual }: About, whom: string, secret: string, on: readonly On[]): string {
  const more = on.length === 0 || same(on, usual) ? [] : [`"on": ${list(on)}`];
  const entry = (...fields: string[]) => `{${[...fields, ...more].join(', ')}}`;
  const value = (): string => {
    switch (channel) {
      case 'email': {
        const to = whom.split(/[\s,;]+/).filter(Boolean);
        return more.length === 0 ? list(to) : entry(`"to": ${list(to)}`);
      }
      case 'slack':
        return entry(`"channel": ${JSON.stringify(whom)}`);
      case 'discord':
        return entry(`"webhook": ${JSON.stringify(`#{secrets.${secret}}`)}`);
      case 'webhook':
        return entry(`"url": ${JSON.stringify(whom)}`, ...(secret === '' ? [] : [`"secret": ${JSON.stringify(secret)}`]));
      default:
        return entry(`"credentials": ${JSON.stringify(secret)}`);
    }
  };
  return `"notification": {\n    ${JSON.stringify(channel)}: ${value()},\n},`;
}

/** Events as an address holds them: `failure,fixed`. */
export const onOf = (text: string | undefined): On[] => EVENTS.map((event) => event.value).filter((value) => text?.split(',').includes(value));
