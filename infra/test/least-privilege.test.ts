/** What each function may do: exactly this. A right that is missing here fails as much as one too many. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FUNCTIONS, type FunctionName } from '../lib/contract';
import { type ContextValues, deployment, functionRole, ofType, template } from './support/deployment';
import { rightsOf, sorted } from './support/readable';

const SEARCH = { search: 'domain' };
const AGENT_QUEUES = 'arn::sqs:::kraken-agent-*';
const COUNTED = ['kraken-scheduler%.fifo', 'kraken-results%.fifo', 'kraken-notifier%']
  .flatMap((queue) => [queue.replace('%', ''), queue.replace('%', '-dead')])
  .join(', ');

const log = (name: string) => ({ WriteOwnLog: `logs:CreateLogStream logs:PutLogEvents on log /kraken/${name}` });
const receives = (queue: string) => ({ ReceiveMessages: `sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on ${queue}` });
const STARTS_RUNS = {
  ReadRecords: 'dynamodb:GetItem dynamodb:Query on table',
  FindIdleAgents: 'dynamodb:Query on table/index/queue',
  ReadLists: 'dynamodb:Query on table/index/list',
  WriteRecords: 'dynamodb:PutItem dynamodb:UpdateItem dynamodb:ConditionCheckItem on table',
  ReadStages: 's3:GetObject on bucket/code/*, bucket/specs/*',
  StoreSpecs: 's3:PutObject on bucket/code/*, bucket/specs/*',
  WakeFunctions: 'sqs:SendMessage on kraken-scheduler.fifo, kraken-results.fifo',
  WakeAgents: `sqs:SendMessage on ${AGENT_QUEUES}`,
};
const RECONCILES_RUNS = {
  ...STARTS_RUNS,
  ReadRecords: 'dynamodb:GetItem dynamodb:Query dynamodb:BatchGetItem on table',
  WriteRecords: 'dynamodb:PutItem dynamodb:UpdateItem dynamodb:ConditionCheckItem dynamodb:DeleteItem on table',
  TellBus: 'events:PutEvents on bus',
  ForgetTold: 'dynamodb:BatchWriteItem on table',
};

const RIGHTS: Readonly<Record<FunctionName, Readonly<Record<string, string>>>> = {
  api: {
    ...log('api'),
    ReadRecords: 'dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query on table',
    ReadLists: 'dynamodb:Query on table/index/list, table/index/queue',
    FindDue: 'dynamodb:Query on table/index/todo',
    WriteRecords: 'dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:ConditionCheckItem on table',
    Export: 'dynamodb:Scan on table',
    Import: 'dynamodb:BatchWriteItem on table',
    ReadObjects: 's3:GetObject on bucket/code/*, bucket/specs/*, bucket/agents/*',
    StoreObjects: 's3:PutObject on bucket/code/*, bucket/specs/*, bucket/agents/*',
    ListObjects: 's3:ListBucket on bucket',
    WakeFunctions: 'sqs:SendMessage on kraken-scheduler.fifo, kraken-results.fifo',
    WakeAgents: `sqs:SendMessage on ${AGENT_QUEUES}`,
    KeepAgentQueues: `sqs:CreateQueue sqs:DeleteQueue on ${AGENT_QUEUES}`,
    UseSealingKey: 'ssm:GetParameter ssm:PutParameter on arn::ssm:::parameter/kraken/sealing-key',
    LetAgentsIn: 'sts:AssumeRole on AWS::IAM::Role ApiAgentRole',
    CountMessages: `sqs:GetQueueAttributes on ${COUNTED}`,
    CountNewLogs: 'sqs:GetQueueAttributes on kraken-indexer, kraken-indexer-dead',
    SearchLogs: 'es:ESHttpPost on domain/*',
  },
  planner: {
    ...log('planner'),
    ...STARTS_RUNS,
    ReadRecords: 'dynamodb:GetItem dynamodb:Query dynamodb:BatchGetItem on table',
    WriteRecords: 'dynamodb:PutItem dynamodb:UpdateItem dynamodb:ConditionCheckItem dynamodb:DeleteItem on table',
    UseSealingKey: 'ssm:GetParameter on arn::ssm:::parameter/kraken/sealing-key',
    FindDue: 'dynamodb:Query on table/index/todo',
  },
  scheduler: {
    ...log('scheduler'),
    ...receives('kraken-scheduler.fifo'),
    ReadRecords: 'dynamodb:GetItem dynamodb:Query on table',
    ReadQueue: 'dynamodb:Query on table/index/queue',
    Assign: 'dynamodb:PutItem on table',
    WakeAgents: `sqs:SendMessage on ${AGENT_QUEUES}`,
  },
  watchdog: {
    ...log('watchdog'),
    ...RECONCILES_RUNS,
    UseSealingKey: 'ssm:GetParameter on arn::ssm:::parameter/kraken/sealing-key',
    FindDue: 'dynamodb:Query on table/index/todo',
    FindOldObjects: 's3:ListBucket on bucket',
    RemoveOldObjects: 's3:DeleteObject on bucket/agents/*',
    ForgetLogs: 'es:ESHttpPost on domain/*',
  },
  results: {
    ...log('results'),
    ...receives('kraken-results.fifo'),
    ...RECONCILES_RUNS,
    UseSealingKey: 'ssm:GetParameter on arn::ssm:::parameter/kraken/sealing-key',
  },
  notifier: {
    ...log('notifier'),
    ...receives('kraken-notifier'),
    ReadRecords: 'dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query on table',
    FindDue: 'dynamodb:Query on table/index/todo',
    WriteRecords: 'dynamodb:PutItem dynamodb:DeleteItem on table',
    ReadSpecs: 's3:GetObject on bucket/specs/*',
    UseSealingKey: 'ssm:GetParameter on arn::ssm:::parameter/kraken/sealing-key',
  },
  indexer: {
    ...log('indexer'),
    ...receives('kraken-indexer'),
    ReadJobs: 'dynamodb:GetItem on table',
    ReadLogs: 's3:GetObject on bucket/agents/*',
    ListObjects: 's3:ListBucket on bucket',
    KeepFailed: 'sqs:SendMessage on kraken-indexer-dead',
    IndexLogs: 'es:ESHttpGet es:ESHttpPut es:ESHttpPost es:ESHttpDelete on domain/*',
  },
};

const AGENT_RIGHTS = {
  HearWakeUps: `sqs:ReceiveMessage sqs:DeleteMessage on ${AGENT_QUEUES}`,
  Store: 's3:PutObject s3:DeleteObject s3:AbortMultipartUpload on bucket/agents/*',
};

function inOrder(rights: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(rights).map(([sid, right]) => [sid, sorted(right)]));
}

function rights(name: FunctionName, values: ContextValues): Record<string, string> {
  return rightsOf(deployment(values), 'KrakenControl', functionRole(name, values));
}

/** Rights that a choice gives besides: on the search, by who uses it, and to use a key of one's own. */
const SEARCHES: Partial<Record<FunctionName, string>> = { indexer: 'IndexLogs', api: 'SearchLogs', watchdog: 'ForgetLogs' };
const SEALING_KMS_KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b';
const USES_KMS_KEY: Partial<Record<FunctionName, string>> = {
  api: `kms:Decrypt kms:Encrypt on ${SEALING_KMS_KEY}`,
  planner: `kms:Decrypt on ${SEALING_KMS_KEY}`,
  watchdog: `kms:Decrypt on ${SEALING_KMS_KEY}`,
  results: `kms:Decrypt on ${SEALING_KMS_KEY}`,
  notifier: `kms:Decrypt on ${SEALING_KMS_KEY}`,
};

/** What `name` may do where those who use the search have `given` in place of their right to a domain, under its name unless it says another. */
function withSearch(name: FunctionName, given?: { readonly sid?: string; readonly right: string }): Record<string, string> {
  const inDomain = SEARCHES[name];
  if (inDomain === undefined) return inOrder(RIGHTS[name]);
  const others = Object.entries(RIGHTS[name]).filter(([sid]) => sid !== inDomain);
  return inOrder({ ...Object.fromEntries(others), ...(given === undefined ? {} : { [given.sid ?? inDomain]: given.right }) });
}

describe('rights', () => {
  for (const name of FUNCTIONS) {
    it(`of ${name} are what its code calls`, () => {
      assert.deepEqual(rights(name, SEARCH), inOrder(RIGHTS[name]));
    });

    it(`of ${name} are the same in a collection, but for the search`, () => {
      assert.deepEqual(rights(name, { search: 'serverless' }), withSearch(name, { right: 'aoss:APIAccessAll on collection' }));
    });

    it(`of ${name} are to no search that lets in by itself, and to one password of one that asks for it`, () => {
      const search = 'endpoint:https://search.example.com';
      assert.deepEqual(rights(name, { search }), withSearch(name));
      const read = { sid: 'ReadSearchPassword', right: 'ssm:GetParameter on arn::ssm:::parameter/kraken/search' };
      assert.deepEqual(rights(name, { search, searchPasswordParameter: '/kraken/search' }), withSearch(name, read));
    });

    it(`of ${name} are to use a KMS key of one's own where it seals or opens`, () => {
      const used = USES_KMS_KEY[name];
      const wanted = { ...RIGHTS[name], ...(used === undefined ? {} : { UseKmsKey: used }) };
      assert.deepEqual(rights(name, { ...SEARCH, sealingKmsKey: SEALING_KMS_KEY }), inOrder(wanted));
    });
  }

  it('of agents are to hear and to store', () => {
    const role = ofType(template('KrakenControl', SEARCH), 'AWS::IAM::Role').find(([id]) => id.startsWith('ApiAgentRole'));
    assert.ok(role);
    assert.deepEqual(rightsOf(deployment(SEARCH), 'KrakenControl', role[0]), inOrder(AGENT_RIGHTS));
    const trust = role[1].AssumeRolePolicyDocument as { Statement: unknown[] };
    assert.deepEqual(trust.Statement, [
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { AWS: { 'Fn::GetAtt': [functionRole('api', SEARCH), 'Arn'] } } },
    ]);
  });

  it('come from no policy that others keep', () => {
    for (const [id, role] of ofType(template('KrakenControl', SEARCH), 'AWS::IAM::Role')) {
      assert.equal(role.ManagedPolicyArns, undefined, id);
      assert.equal(role.Policies, undefined, id);
    }
  });

  it('to search are of nobody where there is nothing to search', () => {
    const { CountNewLogs, SearchLogs } = RIGHTS.api;
    assert.deepEqual(inOrder({ ...rights('api', {}), CountNewLogs: CountNewLogs ?? '', SearchLogs: SearchLogs ?? '' }), inOrder(RIGHTS.api));
    assert.deepEqual(rights('watchdog', {}), withSearch('watchdog'));
  });
});
