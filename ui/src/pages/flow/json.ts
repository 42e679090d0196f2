// JSON that somebody typed: what is wrong with it, and where. Pure.

export type Read = { value: object; wrong?: undefined } | { wrong: string };

/** Documents are objects; the server refuses anything else, too. */
export function readObject(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const said = error instanceof Error ? error.message : 'this is no JSON';
    const at = /position (\d+)/.exec(said)?.[1];
    const before = at === undefined ? undefined : text.slice(0, Number(at));
    return { wrong: before === undefined ? said : `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}: ${said.replace(/ \(line.*\)$| in JSON.*$/, '')}` };
  }
  const rounded = tooLarge(text);
  if (rounded !== undefined) return { wrong: `${rounded} is larger than this page can save without rounding it (${Number.MAX_SAFE_INTEGER}): write it as a text, or set it with the tool data` };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { wrong: 'the whole is an object: { … }' };
  return { value };
}

/** Pieces of JSON as it is shown: each text by itself, so that one in another direction does not turn what is around it. */
export const pieces = (json: string): { text: string; quoted: boolean }[] =>
  json
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((text, index) => ({ text, quoted: index % 2 === 1 }))
    .filter(({ text }) => text !== '');

const NUMBERS = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const isRounded = (number: string) => /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number));

/** The first whole number in it that JavaScript would round. */
export const tooLarge = (json: string): string | undefined =>
  pieces(json)
    .flatMap(({ text, quoted }) => (quoted ? [] : (text.match(NUMBERS) ?? [])))
    .find(isRounded);

/** JSON with a line for each value, as it was sent: numbers that JavaScript would round pass as texts between two characters that no text has. */
export function exactly(json: string): string {
  const kept = pieces(json).map(({ text, quoted }) => (quoted ? text : text.replace(NUMBERS, (number) => (isRounded(number) ? `"\uffff${number}\uffff"` : number))));
  return shown(JSON.parse(kept.join(''))).replace(/"\uffff(-?\d+)\uffff"/g, '$1');
}

/** Why a document can't be changed here; nothing when it can. */
export function whyNotEdit({ text, etag }: { text: string; etag: string | undefined }): string | undefined {
  if (etag === undefined) return 'the answer named no version of the data (ETag), so what others change meanwhile could be lost; a proxy may have taken it away';
  const number = tooLarge(text);
  return number === undefined ? undefined : `it holds ${number}, a whole number that this page would round: use the tool data, or the API`;
}

export const shown = (value: unknown): string => JSON.stringify(value, null, 2);
