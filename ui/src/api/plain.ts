// Reads that are newer than the generated client: by address, with the shapes that the server's views have.
import { answer } from './call.ts';
import { client } from './generated/client.gen.ts';

export const security = [{ scheme: 'bearer' as const, type: 'http' as const }];

export const read = <T>(url: string, query: Record<string, string | number | boolean | undefined>, signal: AbortSignal): Promise<NonNullable<T>> =>
  answer(client.get({ url: `/api/${url}`, query, security, signal }) as Promise<{ data?: T; error?: unknown; response?: Response }>);
