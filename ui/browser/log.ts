// Logs of any length, made line by line when asked for.
import type { LogLine } from '../src/api/generated/types.gen.ts';
import { NOW } from './world.ts';

export const MILLION = 1_000_000;
export const NEEDLE = 777_776;
/** A line of a megabyte. */
export const LONG = 1500;
const E = '\u001b';

const KINDS: ((number: number) => string)[] = [
  (n) => `   ${E}[1;32mCompiling${E}[0m crate-${n} v1.2.${n % 100} (registry+https://github.com/rust-lang/crates.io-index)`,
  (n) => `test auth::tests::case_${n} ... ${E}[32mok${E}[0m (${n % 400} ms)`,
  (n) => `${E}[33mwarning${E}[0m: unused variable: \`flow_${n % 90}\` --> src/scheduler.rs:${n % 900}:${n % 40}`,
  (n) => `2026-11-22T10:31:52.880Z  ${E}[34mINFO${E}[0m ${E}[2mkk::billing${E}[0m: request done ${E}[3mstatus${E}[0m=200 ${E}[38;5;208mlatency_ms=${n % 90}${E}[0m`,
  (n) => `<img src=x onerror=alert(${n})> & <script>alert("${n}")</script> long ${'long '.repeat(40)}`,
  (n) => `${E}[48;2;20;90;60m▓▒░${E}[0m ${E}[38;2;1;2;3mtruecolor${E}[0m ${E}[7minverse${E}[0m ${E}[41mred${E}[0m 10 %\r99 % \u0000 step ${n} שלום`,
];

export function text(number: number): string {
  if (number === NEEDLE) return `${E}[31mneedle-in-haystack${E}[0m error: the only one`;
  if (number === LONG) return `a megabyte ${'x'.repeat(2 ** 20)}`;
  if (number % 1000 === 10) return `::group::part ${number} ${E}[1mbold${E}[0m`;
  if (number % 1000 === 900) return '::endgroup::';
  return (KINDS[number % KINDS.length] ?? String)(number);
}

export const line = (number: number): LogLine => ({ number, time: new Date(NOW - 700_000 + number).toISOString(), text: text(number) });

export function* lines(from: number, to: number): Generator<LogLine> {
  for (let number = from; number < to; number += 1) yield line(number);
}

/** The whole text in chunks. */
export function* chunks(total: number): Generator<string> {
  for (let from = 0; from < total; from += 5000) {
    let chunk = '';
    for (let number = from; number < Math.min(total, from + 5000); number += 1) chunk += `${text(number)}\n`;
    yield chunk;
  }
}
