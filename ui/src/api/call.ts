// How every call goes out: with the session's token, and an answer or an ApiProblem.
import { noteServerTime } from './clock.ts';
import { client } from './generated/client.gen.ts';
import { type ApiProblem, refused, unreachable } from './problem.ts';
import { session } from './session.ts';

client.setConfig({ baseUrl: '', auth: () => session.token() ?? undefined });

/** Whether the server answers at all; the shell's banner listens. */
type Reach = 'reached' | 'unreachable';
const listeners = new Set<() => void>();
let reach: Reach = 'reached';

export const reachability = {
  now: (): Reach => reach,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function note(seen: Reach): void {
  if (seen === reach) return;
  reach = seen;
  for (const listener of listeners) listener();
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response?: Response;
}

/** The data of a call of the generated client; throws an {@link ApiProblem} when there is none. */
export async function answer<T>(call: Promise<Result<T>>): Promise<NonNullable<T>> {
  const { data, response, error } = await settled(call);
  if (!response?.ok) throw problem(response, error);
  return data as NonNullable<T>;
}

async function settled<T>(call: Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call;
  } catch (cause) {
    return { error: cause };
  }
}

function problem(response: Response | undefined, error: unknown): ApiProblem | DOMException {
  if (error instanceof DOMException && error.name === 'AbortError') return error;
  if (!response) {
    note('unreachable');
    return unreachable(error);
  }
  note(response.status >= 502 && response.status <= 504 ? 'unreachable' : 'reached');
  if (response.status === 401) session.signOut(true);
  return refused(response, error);
}

/** Notes that an answer came; called by the response interceptor for each. */
client.interceptors.response.use((response) => {
  if (response.status < 502) {
    note('reached');
    noteServerTime(response.headers);
  }
  return response;
});
