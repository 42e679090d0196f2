// One tab asks for all tabs of this browser: whoever holds the lock polls the keys of everybody and tells the others.
//
// A hidden tab gives the lock away. Where the browser has no locks (plain HTTP off this machine), each tab asks for itself.
import { Poller } from './poller.ts';
import type { Ask, Key, LiveSource, Told } from './source.ts';

/** Another name whenever messages change: a tab that was opened before an update goes on by itself. */
const CHANNEL = 'kraken.live.2';
/** Keys of other tabs are forgotten when not repeated for so long. */
const FORGET_MS = 45_000;
const REPEAT_MS = 15_000;

/** `fresh`: those of the keys that somebody in that tab began to watch just now. */
type Message = { kind: 'watch'; tab: string; keys: Key[]; fresh: readonly Key[] } | { kind: 'news'; key: Key; news: 'changed' | 'settled' } | { kind: 'who' };

export class Tabs implements LiveSource {
  readonly #id = Math.random().toString(36).slice(2);
  readonly #watchers = new Set<{ keys: readonly Key[]; told: Told }>();
  readonly #others = new Map<string, { keys: Key[]; at: number }>();
  readonly #channel: BroadcastChannel | undefined;
  readonly #poller: Poller;
  #leads = false;
  #giveUp: (() => void) | undefined;

  constructor(ask: Ask) {
    this.#poller = new Poller(ask, (key, news) => this.#spread(key, news));
    this.#channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL);
    this.#channel?.addEventListener('message', (event: MessageEvent<Message>) => this.#heard(event.data));
    document.addEventListener('visibilitychange', () => this.#seen());
    window.addEventListener('online', () => this.#seen());
    setInterval(() => this.#repeat(), REPEAT_MS);
    this.#seen();
  }

  watch(keys: readonly Key[], told: Told): () => void {
    const watcher = { keys, told };
    this.#watchers.add(watcher);
    this.#changedKeys(keys);
    if (this.#leads) this.#settle(keys);
    return () => {
      this.#watchers.delete(watcher);
      this.#changedKeys();
    };
  }

  #own(): Key[] {
    return document.hidden ? [] : [...new Set([...this.#watchers].flatMap((watcher) => watcher.keys))];
  }

  #changedKeys(fresh: readonly Key[] = []): void {
    this.#post({ kind: 'watch', tab: this.#id, keys: this.#own(), fresh });
    this.#collect();
  }

  /** Keys that were watched already are settled at once, the others with their first answer. */
  #settle(fresh: readonly Key[]): void {
    for (const key of fresh) if (this.#poller.knows(key)) this.#spread(key, 'settled');
  }

  #spread(key: Key, news: 'changed' | 'settled'): void {
    this.#tell(key, news);
    this.#post({ kind: 'news', key, news });
  }

  #collect(): void {
    const now = Date.now();
    for (const [tab, other] of this.#others) if (now - other.at > FORGET_MS) this.#others.delete(tab);
    this.#poller.setKeys([...this.#own(), ...[...this.#others.values()].flatMap((other) => other.keys)]);
  }

  #repeat(): void {
    if (!document.hidden) this.#changedKeys();
  }

  #heard(message: Message): void {
    if (message.kind === 'news') { this.#tell(message.key, message.news); return; }
    if (message.kind === 'who') { this.#post({ kind: 'watch', tab: this.#id, keys: this.#own(), fresh: [] }); return; }
    this.#others.set(message.tab, { keys: message.keys, at: Date.now() });
    if (!this.#leads) return;
    this.#collect();
    this.#settle(message.fresh);
  }

  #tell(key: Key, news: 'changed' | 'settled'): void {
    for (const watcher of this.#watchers) if (watcher.keys.includes(key)) watcher.told(key, news);
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }

  #seen(): void {
    if (document.hidden) {
      this.#follow();
      this.#changedKeys();
      return;
    }
    // Whatever happened while nobody looked: read again.
    for (const watcher of this.#watchers) for (const key of watcher.keys) watcher.told(key, 'changed');
    this.#changedKeys();
    this.#stand();
  }

  #stand(): void {
    if (this.#giveUp) return;
    if (!('locks' in navigator) || !this.#channel) { this.#lead(); return; }
    const wish = new AbortController();
    this.#giveUp = () => wish.abort();
    const held = (lock: Lock | null) => {
      if (!lock || wish.signal.aborted) return;
      this.#lead();
      return new Promise<void>((release) => {
        this.#giveUp = release;
      });
    };
    // Refused only when the wish was given up.
    navigator.locks.request(CHANNEL, { signal: wish.signal }, held).catch(() => undefined);
  }

  #lead(): void {
    this.#leads = true;
    this.#post({ kind: 'who' });
    this.#collect();
    this.#poller.resume();
  }

  #follow(): void {
    this.#leads = false;
    this.#poller.pause();
    this.#giveUp?.();
    this.#giveUp = undefined;
  }
}
