/**
 * What a look at a run takes, whoever looks: the results function when it is woken, the watchdog when a wake-up was lost. Both tell the bus
 * what happened, and nobody else does.
 */
import { agentQueues } from '../rights';
import { type Parts, indexArn, runSpecs, stagesCode } from './parts';
import type { RustFunction } from './rust-function';

/** What some do with the table besides. */
interface More {
  readonly reads: string[];
  readonly writes: string[];
}

/** Lets `fn` start flows and runs, and create their jobs. */
export function mayStartRuns(fn: RustFunction, parts: Parts, more: More = { reads: [], writes: [] }): void {
  fn.may('ReadRecords', ['dynamodb:GetItem', 'dynamodb:Query', ...more.reads], [parts.table.tableArn]);
  // New jobs are promised to idle agents in the write that makes them.
  fn.may('FindIdleAgents', ['dynamodb:Query'], [indexArn(parts, 'queue')]);
  // The agents groups, when the code of a stage is taken over anew: it may name only those that are there. The newest flow of a branch.
  fn.may('ReadLists', ['dynamodb:Query'], [indexArn(parts, 'list')]);
  // ConditionCheckItem: the jobs of a large run are created while the run is as it was read.
  fn.may('WriteRecords', ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem', ...more.writes], [parts.table.tableArn]);
  fn.may('ReadStages', ['s3:GetObject'], [stagesCode(parts), runSpecs(parts)]);
  // What runs are started with, and the newest code of stages that are kept in a repository.
  fn.may('StoreSpecs', ['s3:PutObject'], [runSpecs(parts), stagesCode(parts)]);
  fn.may('WakeFunctions', ['sqs:SendMessage'], [parts.schedulerQueue.queueArn, parts.resultsQueue.queueArn]);
  fn.may('WakeAgents', ['sqs:SendMessage'], [agentQueues(fn)]);
}

/** Lets `fn` bring runs on: create their jobs, stop them, complete them, start child stages. */
export function mayReconcileRuns(fn: RustFunction, parts: Parts): void {
  // Jobs that wait for others are read many at a time; the notes of ended ones are removed when they were taken in.
  mayStartRuns(fn, parts, { reads: ['dynamodb:BatchGetItem'], writes: ['dynamodb:DeleteItem'] });
  fn.may('TellBus', ['events:PutEvents'], [parts.bus.eventBusArn]);
  // What was told is forgotten, several at a time.
  fn.may('ForgetTold', ['dynamodb:BatchWriteItem'], [parts.table.tableArn]);
}
