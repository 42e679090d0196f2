// The tools that steps may name, with the schemas of their fields.
import { queryOptions } from '@tanstack/react-query';

import { read } from './plain.ts';

export interface ToolVersion {
  /** As steps say it after `@`. */
  version: string;
  /** Limit of one attempt in seconds, where the step says none. */
  timeout_s?: number | null;
  /** JSON Schema of its own fields. */
  schema: unknown;
}
export interface ToolView {
  name: string;
  description: string;
  /** Whether Kraken brings it along. */
  builtin: boolean;
  /** The newest first; a step that names none gets the newest. */
  versions: ToolVersion[];
}
export interface Tools {
  items: ToolView[];
  /** JSON Schema of what every step may say. */
  step: unknown;
}

export const tools = () =>
  queryOptions({
    queryKey: ['tools'],
    queryFn: ({ signal }) => read<Tools>('tools', {}, signal),
    // They change with the server only.
    staleTime: Number.POSITIVE_INFINITY,
  });
