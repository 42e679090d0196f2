// Lists come in pages; these follow them, up to a bound.

interface PageOf<T> {
  items: T[];
  next?: string | null;
}

export interface Whole<T> {
  items: T[];
  /** Whether there is more than the bound. */
  cut: boolean;
}

/** All rows of a list, page after page, until `atMost` rows are there, or the last one of a page is `enough`. `ask` gets the cursor. */
export async function whole<T>(ask: (cursor: string | undefined) => Promise<PageOf<T>>, atMost: number, enough?: (last: T) => boolean): Promise<Whole<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    cursor = page.next ?? undefined;
    const last = page.items.at(-1);
    if (last !== undefined && enough?.(last) === true) return { items, cut: false };
  } while (cursor !== undefined && items.length < atMost);
  return { items: items.slice(0, atMost), cut: cursor !== undefined || items.length > atMost };
}

/** Calls `work` for each, at most `width` at a time, in order of `inputs`. A browser opens six connections to one HTTP/1.1 server. */
export async function each<I, O>(inputs: readonly I[], width: number, work: (input: I) => Promise<O>): Promise<O[]> {
  const outputs: O[] = Array.from({ length: inputs.length });
  const left = inputs.entries();
  const lane = async () => {
    for (const [index, input] of left) outputs[index] = await work(input);
  };
  await Promise.all(Array.from({ length: Math.min(width, inputs.length) }, lane));
  return outputs;
}
