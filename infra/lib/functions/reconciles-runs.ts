/**
 * What a look at a run takes, whoever looks: the results function when it is woken, the watchdog when a wake-up was lost. Both tell the bus
 * what happened, and nobody else does.
 */
import { agentQueues } from '../rights';
import { type Parts, indexArn, runSpecs, stagesCode } from './parts';
import type { RustFunction } from './rust-function';

/** Lets `fn` start flows and runs, and create their jobs. */
export function mayStartRuns(fn: RustFunction, parts: Parts): void {
  fn.may('ReadRecords', ['dynamodb:GetItem', 'dynamodb:Query'], [parts.table.tableArn]);
  // New jobs are promised to idle agents in the write that makes them.
  fn.may('FindIdleAgents', ['dynamodb:Query'], [indexArn(parts, 'queue')]);
  // ConditionCheckItem: the jobs of a large run are created while the run is as it was read.
  fn.may('WriteRecords', ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'], [parts.table.tableArn]);
  fn.may('ReadStages', ['s3:GetObject'], [stagesCode(parts), runSpecs(parts)]);
  fn.may('StoreSpecs', ['s3:PutObject'], [runSpecs(parts)]);
  fn.may('WakeFunctions', ['sqs:SendMessage'], [parts.schedulerQueue.queueArn, parts.resultsQueue.queueArn]);
  fn.may('WakeAgents', ['sqs:SendMessage'], [agentQueues(fn)]);
}

/** Lets `fn` bring runs on: create their jobs, stop them, complete them, start child stages. */
export function mayReconcileRuns(fn: RustFunction, parts: Parts): void {
  mayStartRuns(fn, parts);
  fn.may('TellBus', ['events:PutEvents'], [parts.bus.eventBusArn]);
  // What was told is forgotten, several at a time.
  fn.may('ForgetTold', ['dynamodb:BatchWriteItem'], [parts.table.tableArn]);
}
