/** Where logs are searched, as the functions see it. */
import { Stack } from 'aws-cdk-lib';
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
  /** Name of the parameter with the user and the password that it asks for, if it does. */
  readonly passwordParameter?: string | undefined;
  /** Gives the functions the rights that they need there. What else that takes is made in `scope`. */
  allow(scope: Construct, users: SearchUsers): void;
}

/** No index: searching reads the logs themselves. */
export const NO_SEARCH: SearchTarget = { url: 'none', allow: () => undefined };

/** OpenSearch that somebody else runs, and who decides there who may come in: whoever has the password in that parameter, if one is named. */
export function existingSearch(url: string, passwordParameter: string | undefined): SearchTarget {
  return {
    url,
    passwordParameter,
    allow: (scope, { writer, reader, remover }) => {
      if (passwordParameter === undefined) return;
      // Without the slash in front: the ARN has it already.
      const arn = Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: passwordParameter.slice(1) });
      for (const user of [writer, reader, remover]) user.may('ReadSearchPassword', ['ssm:GetParameter'], [arn]);
    },
  };
}
