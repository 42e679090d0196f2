// Numbers in words.

const GROUPED = new Intl.NumberFormat('en', { useGrouping: true });

/** `1,000,000`. */
export const count = (value: number): string => GROUPED.format(value);

/** `1 job`, `2 jobs`. */
export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** `29 B`, `1.4 KiB`, `23.5 GiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [rest, unit] = [value, 0];
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit] ?? ''}`;
}

/** The last part of an id, enough to tell two apart: ids are long and begin alike. */
export const shortId = (id: string): string => (id.length > 10 ? `…${id.slice(-8)}` : id);
