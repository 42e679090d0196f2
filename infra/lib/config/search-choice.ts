/** Where logs are searched: `domain`, `serverless`, `endpoint:<url>` or `none`; and what an endpoint asks for. */
import { type Context, refuse } from './context';
import { parseUrl } from './url';

/** The four ways. */
export type SearchChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'domain' }
  | { readonly kind: 'serverless' }
  | {
      readonly kind: 'endpoint';
      readonly url: string;
      /** Name of the parameter with the user and the password; absent: requests are signed, or nobody asks. */
      readonly passwordParameter: string | undefined;
    };

const EXPECTED = '"none", "domain", "serverless" or "endpoint:<http(s) URL without user and password>"';

const PASSWORD = 'searchPasswordParameter';

/** Reads the choice. */
export function readSearch(context: Context, local: boolean): SearchChoice {
  const search = readPlace(context, local);
  const name = context.text(PASSWORD, undefined, 'the name of an SSM parameter such as /kraken/search', (text) => /^(\/[\w.-]+)+$/.test(text));
  if (name === undefined) return search;
  // Whoever listens on the way could read it.
  const kept = search.kind === 'endpoint' && (local || search.url.startsWith('https:'));
  return kept ? { ...search, passwordParameter: name } : refuse(PASSWORD, name, 'no such value unless "search" is "endpoint:https://…"');
}

/** The emulator has nothing behind a domain and does not know collections. */
function readPlace(context: Context, local: boolean): SearchChoice {
  const text = context.text('search', 'none', EXPECTED, () => true);
  switch (text) {
    case 'none':
      return { kind: 'none' };
    case 'domain':
    case 'serverless':
      return local ? refuse('search', text, '"none" or "endpoint:<URL>" where "local" is true') : { kind: text };
    default:
      if (!isEndpoint(text)) return refuse('search', text, EXPECTED);
      return { kind: 'endpoint', url: text.slice('endpoint:'.length), passwordParameter: undefined };
  }
}

function isEndpoint(text: string): boolean {
  if (!text.startsWith('endpoint:')) return false;
  const url = parseUrl(text.slice('endpoint:'.length));
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}
