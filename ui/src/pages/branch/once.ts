// A key that makes a repeated start the same flow: the same for what was sent before, another one for anything else.

/** `randomUUID` needs HTTPS, this does not. */
const freshKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (value) => value.toString(16).padStart(2, '0')).join('');

export function onceKeys(fresh: () => string = freshKey): (body: unknown) => string {
  let last: { body: string; key: string } | undefined;
  return (body) => {
    const text = JSON.stringify(body);
    if (last?.body !== text) last = { body: text, key: fresh() };
    return last.key;
  };
}
