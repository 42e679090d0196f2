/** OpenSearch of our own, where one is wanted: it costs money while idle. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { searchDomain } from './domain';
import { searchCollection } from './serverless';
import type { SearchTarget } from './target';

/** The stack of the search. */
export class SearchStack extends Stack {
  readonly target: SearchTarget;

  constructor(scope: Construct, id: string, kind: 'domain' | 'serverless', props: StackProps) {
    super(scope, id, props);
    this.target = kind === 'domain' ? searchDomain(this, 'Logs') : searchCollection(this, 'Logs');
    new CfnOutput(this, 'Url', { value: this.target.url });
  }
}
