/** Queues: each has its dead-letter queue, its patience, its encryption; each function hears of single messages that failed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FUNCTIONS } from '../lib/contract';
import { type ContextValues, type Template, deployment, ofType, template } from './support/deployment';
import { Readable, type Statement } from './support/readable';

const SEARCH = { search: 'endpoint:https://search.example.com' };
type Properties = Readonly<Record<string, unknown>>;

function queues(): [string, Properties, Template][] {
  return [...deployment(SEARCH).templates.values()].flatMap((one) =>
    ofType(one, 'AWS::SQS::Queue').map(([id, queue]): [string, Properties, Template] => [id, queue, one]),
  );
}

const isDead = (queue: Properties) => String(queue.QueueName).includes('-dead');

describe('queues', () => {
  it('are these, each with one for dead letters', () => {
    assert.deepEqual(queues().map(([, queue]) => queue.QueueName).sort(), [
      'kraken-indexer',
      'kraken-indexer-dead',
      'kraken-notifier',
      'kraken-notifier-dead',
      'kraken-results-dead.fifo',
      'kraken-results.fifo',
      'kraken-scheduler-dead.fifo',
      'kraken-scheduler.fifo',
    ]);
    for (const [, queue, where] of queues().filter(([, queue]) => !isDead(queue))) {
      const redrive = queue.RedrivePolicy as { maxReceiveCount: number; deadLetterTargetArn: { 'Fn::GetAtt': [string, string] } };
      const dead = where.Resources[redrive.deadLetterTargetArn['Fn::GetAtt'][0]]?.Properties;
      assert.equal(dead?.QueueName, String(queue.QueueName).replace(/(\.fifo)?$/, (end) => `-dead${end}`));
      // A search may be away for a night.
      assert.equal(redrive.maxReceiveCount, queue.QueueName === 'kraken-indexer' ? 30 : 5);
    }
  });

  it('are encrypted, and reached over TLS only', () => {
    for (const [id, queue, where] of queues()) {
      assert.equal(queue.SqsManagedSseEnabled, true, id);
      const policies = ofType(where, 'AWS::SQS::QueuePolicy').filter(([, policy]) => JSON.stringify(policy.Queues).includes(`"${id}"`));
      const statements = policies.flatMap(([, policy]) => (policy.PolicyDocument as { Statement: Statement[] }).Statement);
      assert.ok(statements.some((one) => one.Effect === 'Deny' && JSON.stringify(one.Condition).includes('aws:SecureTransport')), id);
      for (const one of statements.filter((one) => one.Effect === 'Allow')) assert.ok(one.Condition, `${id} lets anybody send`);
    }
  });

  it('keep messages for four days, and dead letters for fourteen', () => {
    for (const [id, queue] of queues()) assert.equal(queue.MessageRetentionPeriod, (isDead(queue) ? 14 : 4) * 24 * 3600, id);
  });

  it('that are FIFO take the ids that they are given', () => {
    for (const [id, queue] of queues().filter(([, queue]) => queue.FifoQueue === true)) {
      assert.notEqual(queue.ContentBasedDeduplication, true, id);
    }
  });

  it('wait six times as long as the function that they feed, and hear of single failures', () => {
    const control = template('KrakenControl', SEARCH);
    const readable = new Readable(deployment(SEARCH));
    const sources = ofType(control, 'AWS::Lambda::EventSourceMapping');
    const fed = new Map(
      sources.map(([id, source]) => {
        assert.deepEqual(source.FunctionResponseTypes, ['ReportBatchItemFailures'], id);
        const fn = control.Resources[(source.FunctionName as { Ref: string }).Ref]?.Properties;
        return [readable.text(source.EventSourceArn, 'KrakenControl'), Number(fn?.Timeout)];
      }),
    );
    for (const [, queue] of queues().filter(([, queue]) => !isDead(queue))) {
      const timeout = fed.get(String(queue.QueueName));
      assert.ok(timeout !== undefined && Number(queue.VisibilityTimeout) >= 6 * timeout, String(queue.QueueName));
    }
  });

  it('of new logs are fed by the bucket, and only by this account’s', () => {
    const stateful = template('KrakenStateful', SEARCH);
    const [bucket] = ofType(stateful, 'AWS::S3::Bucket');
    const { QueueConfigurations: told } = bucket?.[1].NotificationConfiguration as { QueueConfigurations: { Event: string; Filter: unknown }[] };
    assert.deepEqual(told.map(({ Event, Filter }) => ({ Event, Filter })), [
      {
        Event: 's3:ObjectCreated:*',
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'agents/' }, { Name: 'suffix', Value: '/log.gz' }] } },
      },
    ]);
    assert.ok(stateful.Resources[bucket?.[0] ?? '']?.DependsOn?.some((id) => stateful.Resources[id]?.Type === 'AWS::SQS::QueuePolicy'));
    assert.equal(ofType(template('KrakenStateful'), 'AWS::SQS::Queue').length, 0, 'nobody indexes: nobody is told');
  });
});

describe('ticks', () => {
  it('come every minute, are not made up for, and look like messages where a queue feeds the function', () => {
    const control = template('KrakenControl');
    const rules = ofType(control, 'AWS::Events::Rule').filter(([, rule]) => rule.ScheduleExpression !== undefined);
    assert.deepEqual(rules.map(([, rule]) => rule.ScheduleExpression), Array(4).fill('rate(1 minute)'));
    const inputs = rules.flatMap(([, rule]) => (rule.Targets as { Input?: string; RetryPolicy: unknown }[]).map((target) => {
      assert.deepEqual(target.RetryPolicy, { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 });
      return target.Input;
    }));
    const bodies = inputs.filter((one) => one !== undefined).map((input) => (JSON.parse(input) as { Records: { body: string }[] }).Records[0]?.body);
    assert.deepEqual(bodies.sort(), ['notices', 'queue']);
  });
});

describe('the logs of functions', () => {
  const groups = (values: ContextValues) =>
    ofType(template('KrakenControl', { ...SEARCH, accessLogs: true, ...values }), 'AWS::Logs::LogGroup')
      .map(([, group]): [unknown, unknown] => [group.LogGroupName, group.RetentionInDays]);

  it('are kept for as long as chosen, and those of the gateway with them', () => {
    const names = [...FUNCTIONS, 'access'].map((name) => `/kraken/${name}`);
    for (const [chosen, days] of [[{}, 30], [{ logRetentionDays: 7 }, 7]] as const) {
      assert.deepEqual(new Map(groups(chosen)), new Map(groups({}).map(([name]) => [name, days])));
      assert.deepEqual(groups(chosen).map(([name]) => name).sort(), [...names].sort());
    }
  });

  it('are brought to the indexer, but for its own', () => {
    const control = template('KrakenControl', SEARCH);
    const readable = new Readable(deployment(SEARCH));
    const filters = ofType(control, 'AWS::Logs::SubscriptionFilter');
    const brought = filters.map(([, filter]) => readable.text(filter.LogGroupName, 'KrakenControl').replace(/^ref log /, '')).sort();
    assert.deepEqual(brought, ['api', 'notifier', 'planner', 'results', 'scheduler', 'watchdog'].map((name) => `/kraken/${name}`));
    const [indexer] = ofType(control, 'AWS::Lambda::Function').filter(([, one]) => one.FunctionName === 'kraken-indexer');
    for (const [id, filter] of filters) {
      assert.deepEqual(filter.DestinationArn, { 'Fn::GetAtt': [indexer?.[0], 'Arn'] }, id);
      assert.equal(filter.FilterPattern, '', id);
    }
    // CloudWatch may call it for these logs alone.
    const callers = ofType(control, 'AWS::Lambda::Permission').filter(([, one]) => one.Principal === 'logs.amazonaws.com');
    assert.equal(callers.length, filters.length);
    for (const [id, one] of callers) assert.ok(one.SourceArn !== undefined, id);
    const dead = indexer?.[1].DeadLetterConfig as { TargetArn: unknown };
    assert.equal(readable.text(dead.TargetArn, 'KrakenControl'), 'kraken-indexer-dead');
  });

  it('go nowhere where nothing is searched', () => {
    assert.equal(ofType(template('KrakenControl'), 'AWS::Logs::SubscriptionFilter').length, 0);
  });
});
