/** Where logs are searched: `domain`, `serverless`, `endpoint:<url>` or `none`. */
import { type Context, refuse } from './context';
import { parseUrl } from './url';

/** The four ways. */
export type SearchChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'domain' }
  | { readonly kind: 'serverless' }
  | { readonly kind: 'endpoint'; readonly url: string };

const EXPECTED = '"none", "domain", "serverless" or "endpoint:<http(s) URL without user and password>"';

/** Reads the choice. The emulator has nothing behind a domain and does not know collections. */
export function readSearch(context: Context, local: boolean): SearchChoice {
  const text = context.text('search', 'none', EXPECTED, () => true);
  switch (text) {
    case 'none':
      return { kind: 'none' };
    case 'domain':
    case 'serverless':
      return local ? refuse('search', text, '"none" or "endpoint:<URL>" where "local" is true') : { kind: text };
    default:
      return isEndpoint(text) ? { kind: 'endpoint', url: text.slice('endpoint:'.length) } : refuse('search', text, EXPECTED);
  }
}

function isEndpoint(text: string): boolean {
  if (!text.startsWith('endpoint:')) return false;
  const url = parseUrl(text.slice('endpoint:'.length));
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}
