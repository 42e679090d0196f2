import { expect, it } from 'vitest';

import { noteServerTime, serverNow } from './clock.ts';

const says = (moment: number, more: Record<string, string> = {}) => new Headers({ date: new Date(moment).toUTCString(), ...more });
const off = () => Math.round((serverNow() - Date.now()) / 1000);

it('goes by the clock of the server where that of the device is wrong', () => {
  const now = Date.now();
  noteServerTime(says(now), now);
  expect(off()).toBe(0);
  noteServerTime(says(now - 600_000), now);
  expect(Math.abs(off() + 600)).toBeLessThanOrEqual(1);
  // Whole seconds, and the way: no other clock.
  const before = serverNow() - Date.now();
  noteServerTime(says(now - 601_000), now);
  expect(Math.abs(serverNow() - Date.now() - before)).toBeLessThan(5);
  // The device's clock was put right.
  noteServerTime(says(now), now);
  expect(off()).toBe(0);
});

it('does not go by what was kept somewhere, or by what is no moment', () => {
  const now = Date.now();
  noteServerTime(says(now - 600_000, { age: '600' }), now);
  noteServerTime(new Headers({ date: 'yesterday' }), now);
  noteServerTime(new Headers(), now);
  expect(off()).toBe(0);
});
