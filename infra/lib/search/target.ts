/** Where logs are searched, as the functions see it. */
import type { Construct } from 'constructs';
import type { RustFunction } from '../functions/rust-function';

/** Who writes, who reads, and who removes lines again. */
export interface SearchUsers {
  readonly writer: RustFunction;
  readonly reader: RustFunction;
  readonly remover: RustFunction;
}

/** A place to search. */
export interface SearchTarget {
  /** Its address, or `none`. */
  readonly url: string;
  /** Gives the functions the rights that they need there. What else that takes is made in `scope`. */
  allow(scope: Construct, users: SearchUsers): void;
}

/** No index: searching reads the logs themselves. */
export const NO_SEARCH: SearchTarget = { url: 'none', allow: () => undefined };

/** OpenSearch that somebody else runs, and who decides there who may come in. */
export function existingSearch(url: string): SearchTarget {
  return { url, allow: () => undefined };
}
