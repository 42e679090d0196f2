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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { wrong: 'the whole is an object: { … }' };
  return { value };
}

/** Pieces of JSON as it is shown: each text by itself, so that one in another direction does not turn what is around it. */
export const pieces = (json: string): { text: string; quoted: boolean }[] =>
  json
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((text, index) => ({ text, quoted: index % 2 === 1 }))
    .filter(({ text }) => text !== '');

export const shown = (value: unknown): string => JSON.stringify(value, null, 2);
