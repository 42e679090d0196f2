/** The API: for people, the web UI, the command line and agents. The only function that is reached from outside. */
import { Construct } from 'constructs';
import { AgentRole } from '../control/agent-role';
import { agentQueues } from '../rights';
import { type Parts, agentObjects, indexArn, runSpecs, stagesCode } from './parts';
import { RustFunction, roleOf } from './rust-function';
import { maySeal } from './sealing';
import { API_TIMEOUT } from './timeouts';

/** The function `api`. */
export class Api extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    const role = roleOf(this, 'api');
    const agentRole = new AgentRole(this, 'AgentRole', { assumedBy: role, bucket: parts.bucket });
    this.fn = new RustFunction(this, 'Api', {
      name: 'api',
      config: parts.config,
      values: { ...parts.values, KRAKEN_AGENT_ROLE: agentRole.role.roleArn },
      description: 'The API of Kraken',
      memoryMib: 512,
      timeout: API_TIMEOUT,
      role,
    });
    this.mayUseTable(parts);
    this.mayUseBucket(parts);
    this.mayUseQueues(parts);
    maySeal(this.fn, parts, 'seals');
    this.fn.may('LetAgentsIn', ['sts:AssumeRole'], [agentRole.role.roleArn]);
  }

  private mayUseTable(parts: Parts): void {
    const table = parts.table.tableArn;
    this.fn.may('ReadRecords', ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [table]);
    this.fn.may('ReadLists', ['dynamodb:Query'], [indexArn(parts, 'list'), indexArn(parts, 'queue')]);
    // What is due is shown to who looks after the system.
    this.fn.may('FindDue', ['dynamodb:Query'], [indexArn(parts, 'todo')]);
    const writes = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'];
    this.fn.may('WriteRecords', writes, [table]);
    // Moving everything from one system to another: the only scan, the only writes in batches.
    this.fn.may('Export', ['dynamodb:Scan'], [table]);
    this.fn.may('Import', ['dynamodb:BatchWriteItem'], [table]);
  }

  private mayUseBucket(parts: Parts): void {
    const stored = [stagesCode(parts), runSpecs(parts), agentObjects(parts)];
    // Also for presigned addresses: they carry the rights of who signed them.
    this.fn.may('ReadObjects', ['s3:GetObject'], stored);
    // Under agents/ only an import writes.
    this.fn.may('StoreObjects', ['s3:PutObject'], stored);
    // Without it the store says "forbidden" and not "no such object", as of a log that has not begun.
    this.fn.may('ListObjects', ['s3:ListBucket'], [parts.bucket.bucketArn]);
  }

  private mayUseQueues(parts: Parts): void {
    this.fn.may('WakeFunctions', ['sqs:SendMessage'], [parts.schedulerQueue.queueArn, parts.resultsQueue.queueArn]);
    this.fn.may('WakeAgents', ['sqs:SendMessage'], [agentQueues(this)]);
    this.fn.may('KeepAgentQueues', ['sqs:CreateQueue', 'sqs:DeleteQueue'], [agentQueues(this)]);
  }
}
