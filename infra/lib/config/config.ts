/** Everything that can be chosen about a deployment, read and checked in one place before any stack is made. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as path from 'node:path';
import { type AgentHosts, readAgentHosts } from './agent-hosts';
import { Context, refuse } from './context';
import { type SearchChoice, readSearch } from './search-choice';
import { parseUrl } from './url';

/** The processors that functions are built for. */
export type Architecture = 'x86_64' | 'arm64';

/** Which alarms are made: CloudWatch takes money for each metric beyond the first ten of an account. */
export type AlarmChoice = 'all' | 'essential' | 'one' | 'none';

/** A deployment. */
export interface Config {
  /** For an emulator: leaves out what none can do. */
  readonly local: boolean;
  readonly architecture: Architecture;
  /** Absolute path of the folder with `<function>/bootstrap`. */
  readonly functionsDir: string;
  /** Table, bucket and key outlive their stack, and the table refuses to be deleted. */
  readonly keepData: boolean;
  readonly search: SearchChoice;
  /** Age in days at which lines of logs can no longer be searched. The stored logs themselves stay. */
  readonly searchDays: number;
  /** Where the built web UI is; absent: no web stack. */
  readonly uiDir: string | undefined;
  readonly publicUrl: string | undefined;
  /** Filter of the functions' logs, as the `tracing` crate reads it. */
  readonly log: string;
  readonly logRetentionDays: RetentionDays;
  /** Whether the functions write metrics into their logs: nine at most, and each costs in the hours in which it is written. */
  readonly metrics: boolean;
  /** Age at which what agents stored is removed; 0: never. */
  readonly agentObjectsDays: number;
  /** Age at which uploads that were never finished are removed. */
  readonly unfinishedUploadsDays: number;
  /** ARN of the KMS key that encrypts the key that secrets are sealed with; absent: the one that AWS keeps for parameters. */
  readonly sealingKmsKey: string | undefined;
  readonly accessLogs: boolean;
  readonly alarms: AlarmChoice;
  /** SNS topic that alarms tell. */
  readonly alarmTopic: string | undefined;
  /** Where the runbook is, without anchor. */
  readonly runbook: string;
  readonly agentHosts: AgentHosts | undefined;
}

/** What CloudWatch can keep logs for; not for ever, which nobody would notice. */
const RETENTIONS_DAYS = Object.values(RetentionDays)
  .filter((days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE)
  .sort((one, other) => one - other);

/** Reads the configuration from context values; paths are relative to `base`, the folder of cdk.json. */
export function readConfig(values: Readonly<Record<string, unknown>>, base: string): Config {
  const context = new Context(values);
  const local = context.flag('local', false);
  const architecture = context.choice('arch', ['x86_64', 'arm64'], 'x86_64');
  const anyPath = (key: string, fallback: string) => path.resolve(base, context.text(key, fallback, 'a path', (text) => text !== ''));
  const web = context.flag('web', false);
  const uiDir = anyPath('uiDir', '../ui/dist');
  const config: Config = {
    local,
    architecture,
    functionsDir: anyPath('functionsDir', '../target/lambda'),
    keepData: context.flag('keepData', true),
    search: readSearch(context, local),
    searchDays: context.integer('searchDays', 30, 1, 3650),
    uiDir: web ? uiDir : undefined,
    publicUrl: context.text('publicUrl', undefined, 'an https:// address without path, such as https://ci.example.com', isOrigin(local)),
    log: context.text('log', 'info', 'a log filter such as info or info,kraken_control=debug', (text) => /^[\w:=,.-]+$/.test(text)),
    logRetentionDays: context.oneOf('logRetentionDays', RETENTIONS_DAYS, RetentionDays.ONE_MONTH),
    metrics: context.flag('metrics', true),
    agentObjectsDays: context.integer('agentObjectsDays', 0, 0, 3650),
    unfinishedUploadsDays: context.integer('unfinishedUploadsDays', 2, 1, 365),
    sealingKmsKey: context.text('sealingKmsKey', undefined, 'the ARN of a KMS key', (text) => /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/.test(text)),
    accessLogs: context.flag('accessLogs', false),
    alarms: context.choice('alarms', ['all', 'essential', 'one', 'none'], 'one'),
    alarmTopic: context.text('alarmTopic', undefined, 'the ARN of an SNS topic', (text) => /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(text)),
    runbook: context.text('runbook', 'docs/runbook.md', 'an address without anchor', (text) => /^[^\s#]+$/.test(text)),
    agentHosts: readAgentHosts(context, architecture),
  };
  context.refuseUnknown();
  if (config.agentHosts !== undefined && local) refuse('agentHosts', true, '"false" where "local" is true');
  return config;
}

/** Only an emulator is reached without TLS. */
function isOrigin(local: boolean): (text: string) => boolean {
  return (text) => {
    const url = parseUrl(text);
    return url?.origin === text.replace(/\/$/, '') && (url.protocol === 'https:' || (local && url.protocol === 'http:'));
  };
}
