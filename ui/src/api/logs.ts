// Logs over the API, in the shapes that the log view wants.
import { answer } from './call.ts';
import { getJobsByJobLog, getJobsByJobLogSearch } from './generated/sdk.gen.ts';
import type { ArtifactAddress, LogLine, LogLines, LogMatches } from './generated/types.gen.ts';
import { refused } from './problem.ts';
import { session } from './session.ts';

export interface JobLogSource {
  read(from: number, count: number, signal: AbortSignal): Promise<LogLines>;
  tail(count: number, signal: AbortSignal): Promise<LogLines>;
}

/** The end of a log, asked for before the page that shows it is there. */
const primed = new Map<string, Promise<LogLines>>();
/** Lines of the first look. */
export const TAIL_LINES = 1000;

const tailOf = (job: string, tryNumber: number | undefined, tail: number, signal?: AbortSignal) =>
  answer(getJobsByJobLog({ path: { job }, query: { tail, try: tryNumber }, signal }));

/** Asks for the end of a job's log now; the log view takes the answer when it is there. */
export function primeLog(job: string): Promise<LogLines> {
  const asked = tailOf(job, undefined, TAIL_LINES);
  primed.clear();
  primed.set(job, asked);
  return asked;
}

/** Where steps begin: their numbers and first lines. */
type Marks = { step: number; firstLine: number }[];

/** The log of a job, or of an earlier try of it. `marked` hears where its steps begin, each time that something was read. */
export function jobLog(job: string, tryNumber: number | undefined, marked: (steps: Marks) => void): JobLogSource {
  const told = async (lines: Promise<LogLines>): Promise<LogLines> => {
    const slice = await lines;
    marked((slice.steps ?? []).map(({ step, first_line }) => ({ step, firstLine: first_line })));
    return slice;
  };
  const ask = (query: { from: number; limit: number }, signal: AbortSignal) =>
    told(answer(getJobsByJobLog({ path: { job }, query: { ...query, try: tryNumber }, signal })));
  return {
    read: (from, count, signal) => ask({ from, limit: count }, signal),
    tail: (count, signal) => {
      const early = tryNumber === undefined && count === TAIL_LINES ? primed.get(job) : undefined;
      primed.delete(job);
      return told(early ?? tailOf(job, tryNumber, count, signal));
    },
  };
}

const downloadUrl = (job: string, tryNumber: number | undefined, address = false): string => {
  const asked = [...(tryNumber === undefined ? [] : [`try=${tryNumber}`]), ...(address ? ['address=true'] : [])].join('&');
  return `/api/jobs/${encodeURIComponent(job)}/log/download${asked === '' ? '' : `?${asked}`}`;
};

const download = (url: string, signal?: AbortSignal): Promise<Response> =>
  fetch(url, { headers: { Authorization: `Bearer ${session.token() ?? ''}` }, ...(signal && { signal }) });

/** The whole text, as a stream of bytes: plain, or packed with gzip where its type says so. */
export const openLog = (job: string, tryNumber: number | undefined, signal: AbortSignal): Promise<Response> => download(downloadUrl(job, tryNumber), signal);

/** The whole log to be kept: where it can be read without a token, packed, if that is wished and it is one file; else what it says. */
export async function wholeLog(job: string, tryNumber: number | undefined, asFile: boolean): Promise<{ url?: string; blob?: Blob }> {
  if (asFile) {
    const response = await download(downloadUrl(job, tryNumber, true));
    if (response.ok) return { url: ((await response.json()) as ArtifactAddress).url };
    // It is in pieces still.
    if (response.status !== 409) throw refused(response, await response.json().catch(() => undefined));
  }
  const response = await download(downloadUrl(job, tryNumber));
  if (!response.ok) throw refused(response, await response.json().catch(() => undefined));
  return { blob: await response.blob() };
}

const MATCHES_PER_CALL = 10_000;

/** Lines that match, searched by the server: for few lines of interest, and for logs that are too large to be fetched. */
export async function searchLog(job: string, tryNumber: number | undefined, q: string, regex: boolean, atMost: number, signal: AbortSignal): Promise<LogLine[]> {
  const found: LogLine[] = [];
  let from: number | undefined = 0;
  while (from !== undefined && found.length < atMost) {
    const page: LogMatches = await answer(
      getJobsByJobLogSearch({ path: { job }, query: { q, regex, from, limit: Math.min(MATCHES_PER_CALL, atMost - found.length), try: tryNumber }, signal }),
    );
    found.push(...page.lines);
    from = page.next_from ?? undefined;
  }
  return found;
}
