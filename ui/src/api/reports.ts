// Where a browser shows what jobs wrote for people to read.
import { answer } from './call.ts';
import { client } from './generated/client.gen.ts';
import type { ArtifactAddress } from './generated/types.gen.ts';

/** An address of its own origin, or confined to one, that is good for some minutes without a token. */
export async function reportAddress(run: string, path: string): Promise<string> {
  const { url } = await answer<ArtifactAddress>(
    // A generated call would escape the slashes of the path.
    client.get<{ 200: ArtifactAddress }>({
      url: `/api/runs/${encodeURIComponent(run)}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`,
      query: { address: true, open: true },
      security: [{ scheme: 'bearer', type: 'http' }],
    }),
  );
  return url;
}
