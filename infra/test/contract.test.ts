/** The environment of each function is what the contract lists, no more and no less. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONTRACT, FUNCTIONS, environment } from '../lib/contract';
import { ofType, template } from './support/deployment';

const VALUES = { search: 'endpoint:https://search.example.com', searchPasswordParameter: '/kraken/search', publicUrl: 'https://ci.example.com', log: 'info,kraken_control=debug', sealingKmsKey: 'arn:aws:kms:us-east-1:123456789012:key/0a1b' };

function variables(name: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found = ofType(template('KrakenControl', values), 'AWS::Lambda::Function').find(([, one]) => one.FunctionName === `kraken-${name}`);
  assert.ok(found, `there is no function ${name}`);
  return (found[1].Environment as { Variables: Record<string, unknown> }).Variables;
}

describe('the environment', () => {
  for (const name of FUNCTIONS) {
    it(`of ${name} is what the contract lists`, () => {
      assert.deepEqual(Object.keys(variables(name, VALUES)).sort(), CONTRACT.functions[name].map((variable) => variable.name).sort());
    });
  }

  it('lists the functions that there are', () => {
    assert.deepEqual(Object.keys(CONTRACT.functions).sort(), [...FUNCTIONS].sort());
    const deployed = ofType(template('KrakenControl', VALUES), 'AWS::Lambda::Function').map(([, one]) => one.FunctionName);
    assert.deepEqual(deployed.sort(), FUNCTIONS.map((name) => `kraken-${name}`).sort());
  });

  it('has what was chosen', () => {
    for (const name of ['api', 'indexer', 'watchdog']) assert.equal(variables(name, VALUES).KRAKEN_SEARCH_PASSWORD_PARAMETER, '/kraken/search');
    const { KRAKEN_SEARCH, KRAKEN_PUBLIC_URL, KRAKEN_LOG } = variables('api', VALUES);
    assert.deepEqual([KRAKEN_SEARCH, KRAKEN_PUBLIC_URL, KRAKEN_LOG], ['https://search.example.com', 'https://ci.example.com', 'info,kraken_control=debug']);
  });

  it('says to whoever makes links where they lead', () => {
    assert.equal(variables('notifier', VALUES).KRAKEN_PUBLIC_URL, 'https://ci.example.com');
    assert.equal(variables('notifier', {}).KRAKEN_PUBLIC_URL, undefined);
  });

  it('leaves out what is optional and not chosen', () => {
    assert.equal(variables('api', {}).KRAKEN_PUBLIC_URL, undefined);
    assert.equal(variables('api', {}).KRAKEN_SEARCH, 'none');
    assert.equal(variables('api', {}).KRAKEN_SEARCH_PASSWORD_PARAMETER, undefined);
  });

  it('is refused when a needed value is missing', () => {
    assert.throws(() => environment('notifier', {}), /function notifier needs KRAKEN_TABLE \(name of the table\)/);
  });
});
