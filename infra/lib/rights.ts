/** Rights, given one by one and by name. A resource with a wildcard has its reason beside it. */
import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { accept } from './nag';

/** Many resources at once. */
export interface Several {
  readonly arn: string;
  /** As cdk-nag writes it. */
  readonly finding: string;
  /** Why they cannot be named one by one. */
  readonly reason: string;
}

/** Lets `role` do `actions` on `resources`. */
export function allow(role: iam.Role, sid: string, actions: string[], resources: readonly (string | Several)[]): void {
  for (const resource of resources) {
    if (typeof resource !== 'string') accept(role, { [`AwsSolutions-IAM5[Resource::${resource.finding}]`]: resource.reason });
  }
  const arns = resources.map((resource) => (typeof resource === 'string' ? resource : resource.arn));
  role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources: arns }));
}

/** Every agent's queue. */
export function agentQueues(scope: IConstruct): Several {
  return {
    arn: Stack.of(scope).formatArn({ service: 'sqs', resource: 'kraken-agent-*' }),
    finding: 'arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:kraken-agent-*',
    reason: 'Each agent has a queue of its own, made when it joins.',
  };
}

/** The objects of `bucket`, which is in another stack, whose keys begin with `prefix`. */
export function objects(bucket: s3.IBucket, prefix: string): Several {
  return {
    arn: bucket.arnForObjects(`${prefix}*`),
    finding: `${nameInOtherStacks(bucket.bucketArn, bucket)}/${prefix}*`,
    reason: 'Objects come and go; what they hold is told by the beginning of their keys.',
  };
}

/** What cdk-nag calls a value of another stack: the name under which it is exported. */
export function nameInOtherStacks(value: string, owner: IConstruct): string {
  const stack = Stack.of(owner);
  const imported = stack.resolve(stack.exportValue(Token.asString(value))) as { 'Fn::ImportValue': string };
  return imported['Fn::ImportValue'];
}
