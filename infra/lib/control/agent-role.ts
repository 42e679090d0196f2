/**
 * The role behind agents' temporary credentials: the most that any agent could do. Only `api` may take it, and narrows it each time, by a
 * session policy, to one agent's queue and one agent's prefix.
 */
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { agentQueues, allow, objects } from '../rights';
import { AGENTS_PREFIX } from '../stateful/data-bucket';

/** Who hands it out, and where agents store. */
export interface AgentRoleProps {
  readonly assumedBy: iam.IRole;
  readonly bucket: s3.IBucket;
}

/** The role `AgentRole`. */
export class AgentRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: AgentRoleProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      description: 'The most that an agent of Kraken may do; each gets a part of it',
      assumedBy: new iam.ArnPrincipal(props.assumedBy.roleArn),
      // The longest for a role that another role takes.
      maxSessionDuration: Duration.hours(1),
    });
    allow(this.role, 'HearWakeUps', ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], [agentQueues(this)]);
    // Agents only write: what they read, of themselves or others, they read by presigned addresses.
    allow(this.role, 'Store', ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], [objects(props.bucket, AGENTS_PREFIX)]);
  }
}
