import { describe, expect, it } from 'vitest';

import type { FlowView } from '../api/generated/types.gen.ts';
import { type Entry, flowEntries, found, idEntry } from './jump.ts';

const entry = (name: string): Entry => ({ icon: 'folder', kind: 'branch', name, to: `/${name}` });

describe('Ctrl K', () => {
  it('finds by the beginnings of words first', () => {
    const names = found([entry('warehouse / domain'), entry('shop / main'), entry('shop / docs')], 'main').map((item) => item.name);
    expect(names).toEqual(['shop / main', 'warehouse / domain']);
  });

  it('wants every word', () => {
    expect(found([entry('shop / main'), entry('shop / docs')], 'shop doc').map((item) => item.name)).toEqual(['shop / docs']);
  });

  it('knows each flow once, by its branch', () => {
    const flow = { id: 'f', label: '7.', branch: 'b', branch_name: 'main' } as FlowView;
    const names = flowEntries([flow, flow], new Map([['b', 'shop / main']])).map((item) => item.name);
    expect(names).toEqual(['flow 7 · shop / main']);
  });

  it('opens what an id names', () => {
    const id = '01m82htcs14dfhje6cb0941ce4';
    expect([idEntry(id)?.kind, idEntry(`${id}-3`)?.kind, idEntry(` ${id}-3-12 `)?.to, idEntry('main')]).toEqual(['flow', 'run', `/jobs/${id}-3-12`, undefined]);
  });
});
