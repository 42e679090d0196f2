/** Alarms: all kinds are there, and each leads to its section of the runbook. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { APP_DIR, FUNCTIONS } from '../lib/contract';
import { type ContextValues, deployment, ofType } from './support/deployment';

const ALL = { alarms: 'all', search: 'endpoint:https://search.example.com' };

function alarms(values: ContextValues): Map<string, Readonly<Record<string, unknown>>> {
  const found = [...deployment(values).templates.values()].flatMap((one) => ofType(one, 'AWS::CloudWatch::Alarm'));
  return new Map(found.map(([, alarm]) => [String(alarm.AlarmName), alarm]));
}

/** Metrics that alarms look at: what CloudWatch counts. */
function metrics(values: ContextValues): number {
  const count = (alarm: Readonly<Record<string, unknown>>) =>
    ((alarm.Metrics as { MetricStat?: unknown }[] | undefined) ?? [{ MetricStat: {} }]).filter((one) => one.MetricStat !== undefined).length;
  return [...alarms(values).values()].reduce((sum, alarm) => sum + count(alarm), 0);
}

describe('alarms', () => {
  it('are on every function, every queue, the table and the API', () => {
    const queues = ['scheduler', 'results', 'notifier', 'indexer'];
    assert.deepEqual(
      [...alarms(ALL).keys()].sort(),
      [
        ...FUNCTIONS.flatMap((name) => [`kraken-${name}-errors`, `kraken-${name}-throttles`]),
        ...queues.flatMap((name) => [`kraken-${name}-dead-letters`, `kraken-${name}-waits`]),
        'kraken-table-throttles',
        'kraken-api-server-errors',
      ].sort(),
    );
  });

  it('each lead to a section of the runbook', () => {
    const runbook = readFileSync(path.join(APP_DIR, '../docs/runbook.md'), 'utf8');
    const anchors = new Set([...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-')));
    for (const [name, alarm] of alarms(ALL)) {
      const link = /What to do: docs\/runbook\.md#([\w-]+)$/.exec(String(alarm.AlarmDescription));
      assert.ok(link?.[1] !== undefined && anchors.has(link[1]), name);
    }
  });

  it('lead elsewhere, and tell a topic, as chosen', () => {
    const topic = 'arn:aws:sns:us-east-1:123456789012:on-call';
    for (const alarm of alarms({ ...ALL, runbook: 'https://wiki.example.com/kraken', alarmTopic: topic }).values()) {
      assert.match(String(alarm.AlarmDescription), /What to do: https:\/\/wiki\.example\.com\/kraken#/);
      assert.deepEqual([alarm.AlarmActions, alarm.OKActions], [[topic], [topic]]);
    }
  });

  it('are one unless more are wanted: on the failures of every function', () => {
    const [[name, alarm], ...others] = [...alarms({})] as [[string, Readonly<Record<string, unknown>>]];
    assert.deepEqual([name, others], ['kraken-functions-errors', []]);
    assert.deepEqual([alarm.Namespace, alarm.MetricName, alarm.Dimensions], ['AWS/Lambda', 'Errors', undefined]);
    assert.match(String(alarm.AlarmDescription), /docs\/runbook\.md#function-errors$/);
  });

  it('on failures look back so far that every queue has brought again what failed', () => {
    const search = { search: ALL.search };
    const rests = [...deployment(search).templates.values()]
      .flatMap((one) => ofType(one, 'AWS::SQS::Queue'))
      .flatMap(([, queue]) => (queue.RedrivePolicy === undefined ? [] : [Number(queue.VisibilityTimeout)]));
    assert.equal(rests.length, 4);
    const onErrors = [...alarms(search), ...alarms(ALL)].filter(([name]) => name.endsWith('-errors') && !name.includes('server'));
    assert.equal(onErrors.length, 1 + FUNCTIONS.length);
    for (const [name, alarm] of onErrors) {
      assert.deepEqual([alarm.Statistic, alarm.ComparisonOperator, alarm.EvaluationPeriods], ['Sum', 'GreaterThanOrEqualToThreshold', 1], name);
      assert.equal(alarm.Threshold, 2, name);
      assert.ok(Number(alarm.Period) >= 2 * Math.max(...rests), name);
    }
  });

  it('cost by the metric: ten are free', () => {
    assert.equal(metrics({ alarms: 'all' }), 21);
    assert.equal(metrics({ alarms: 'essential' }), 10);
    assert.equal(metrics({}), 1);
    assert.equal(metrics({ alarms: 'none' }), 0);
  });
});
