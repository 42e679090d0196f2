import { describe, expect, it } from 'vitest';

import { type StepField, stepText } from './step.ts';
import { stepAt, valuesOf } from './stepAt.ts';

const field = (key: string, kind: StepField['kind']): StepField => ({ key, kind, about: '', required: false, choices: [], example: undefined });
const FIELDS = [field('cmd', 'text'), field('timeout', 'scalar'), field('source', 'one-or-many'), field('env', 'map'), field('public', 'flag'), field('deep', 'other')];

const CODE = `def stage(ctx):
    first = {"tool": "shell", "cmd": "make \\"all\\"", "env": {"A": "1", "B": "x=y"}}  # {"tool": "none"}
    return {"parent": "root", "jobs": [{"name": "a", "steps": [first, {
        "tool": "artifacts@2",  # the files
        'source': ["out/*", "r"],
        "public": True,
        "timeout": 60,
    }, {"tool": "shell", "cmd": "echo %s" % ctx.branch}]}]}
`;
const found = (code: string, place = 3) => {
  const step = stepAt(code, place);
  if (!step) throw new Error('no step there');
  return step;
};
const at = (text: string) => CODE.indexOf(text) + 1;

describe('the step at a place', () => {
  it('is the innermost that is written out', () => {
    const shell = stepAt(CODE, at('x=y'));
    expect([shell?.tool, shell?.version, shell?.values]).toEqual(['shell', undefined, { cmd: 'make "all"', env: { A: '1', B: 'x=y' } }]);
    const files = stepAt(CODE, at('"public"'));
    expect([files?.tool, files?.version]).toEqual(['artifacts', '2']);
    expect(CODE.slice(files?.from, files?.to)).toMatch(/^\{\n {8}"tool": "artifacts@2"[\s\S]*60,\n {4}\}$/);
  });

  it('is none where code makes a value, and outside of steps', () => {
    expect(stepAt(CODE, at('echo %s'))).toBeUndefined();
    expect(stepAt(CODE, 2)).toBeUndefined();
    expect(stepAt(CODE, at('"name"'))).toBeUndefined();
    expect(stepAt('{"tool": "shell", "cmd": "unended', 5)).toBeUndefined();
  });

  it('goes into the form and out of it as it was', () => {
    const text = stepText('shell', FIELDS, { cmd: 'one\ntwo "three"\\n', env: 'A=1\nB=x=y', public: 'False', timeout: '60', source: 'a\nb' });
    const shown = valuesOf(found(text), FIELDS);
    expect(stepText('shell', FIELDS, shown.not === undefined ? shown.values : {})).toBe(text);
  });

  it('a field that the form does not have, or not of that kind, is named', () => {
    expect(valuesOf(found('{"tool": "shell", "deep": {"a": [1]}}'), FIELDS)).toEqual({ not: 'deep' });
    expect(valuesOf(found('{"tool": "shell", "nobody": "x"}'), FIELDS)).toEqual({ not: 'nobody' });
    expect(valuesOf(found('{"tool": "shell", "cmd": 5}'), FIELDS)).toEqual({ not: 'cmd' });
  });
});
