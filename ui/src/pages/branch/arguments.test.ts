import { describe, expect, it } from 'vitest';

import { filled, type Parameter, sent, wrongBranch, wrongExtra, wrongIn } from './arguments.ts';

const parameter = (name: string, part: Partial<Parameter> = {}): Parameter => ({ name, default: 'usual', description: '', stages: [], ...part });
const parameters = [parameter('WHERE', { choices: ['near', 'far'], default: 'near' }), parameter('NOTE')];

describe('the form of a new flow', () => {
  it('sends only what differs from the defaults, also an empty text', () => {
    expect(sent({ values: { WHERE: 'near', NOTE: '' }, extras: [{ name: ' MORE ', value: '1' }, { name: '', value: '' }] }, parameters)).toEqual({ NOTE: '', MORE: '1' });
  });

  it('puts arguments of an address where they belong', () => {
    expect(filled({ WHERE: 'far', OTHER: 'x' }, parameters)).toEqual({ values: { WHERE: 'far' }, extras: [{ name: 'OTHER', value: 'x' }] });
    expect(filled(undefined, parameters)).toEqual({ values: {}, extras: [] });
  });

  it('says what is wrong', () => {
    const form = (name: string, value: string) => ({ values: {}, extras: [{ name: 'A', value: '1' }, { name, value }] });
    expect(wrongExtra(1, form('A', ''), parameters)).toBe('A is there twice');
    expect(wrongExtra(1, form('', '1'), parameters)).toBe('it has a value and no name');
    expect(wrongExtra(1, form('NOTE', '1'), parameters)).toBe('NOTE has a field above');
    expect(wrongExtra(1, form('', ''), parameters)).toBeUndefined();
    expect(wrongIn({ values: { WHERE: 'nowhere' }, extras: [] }, parameters, '')).toBe('“nowhere” is none of the choices');
    expect(wrongIn({ values: { WHERE: 'far' }, extras: [] }, parameters, 'fix/it')).toBeUndefined();
  });

  it.each(['a b', 'a..b', '/a', 'a/', 'a~1', 'x.lock', '-a', 'a\u0007'])('takes no branch called %j', (name) => {
    expect(wrongBranch(name)).toBeDefined();
  });

  it.each(['main', 'fix/flaky-agent', 'שלום', '🦑', 'v1.2'])('takes a branch called %j', (name) => {
    expect(wrongBranch(name)).toBeUndefined();
  });
});
