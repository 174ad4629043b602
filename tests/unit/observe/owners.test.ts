import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../../harness/observe/owners.ts';
import type { VrrpAdvert } from '../../../harness/observe/vrrp.ts';

const MS = 1_000_000;

function advert(at_ms: number, router: number, change: Partial<VrrpAdvert> = {}): VrrpAdvert {
  return {
    at_ns: at_ms * MS,
    version: 3,
    family: 4,
    vrid: 7,
    priority: 100,
    advert_int_ms: 100,
    addresses: [],
    source: { ip: `198.18.0.${router}`, mac: `02:00:00:00:00:0${router}` },
    interface_index: undefined,
    ...change,
  };
}

function owners(adverts: VrrpAdvert[], from_ms = 0, to_ms = 10_000) {
  const ordered = adverts.toSorted((a, b) => a.at_ns - b.at_ns);
  return ownersOf(ordered, { vrid: 7, from_ns: from_ms * MS, to_ns: to_ms * MS });
}

const stream = (router: number, ...times: number[]) => times.map((at) => advert(at, router));

describe('ownersOf', () => {
  it('counts none, and one', () => {
    expect(owners([])).toEqual({ max: 0, at_ns: undefined, sources: [] });
    expect(owners(stream(1, 0, 100, 200)).max).toBe(1);
  });

  it('counts one over a clean takeover and a clean return', () => {
    expect(owners([...stream(1, 0, 100, 1010, 1110), ...stream(2, 480, 580, 900, 1000)]).max).toBe(1);
  });

  it('counts two when one advert of another falls between two of the same', () => {
    const seen = owners([...stream(1, 0, 100, 200), ...stream(2, 150)]);
    expect(seen).toMatchObject({ max: 2, at_ns: 150 * MS });
    expect(seen.sources.map((source) => source.ip)).toEqual(['198.18.0.1', '198.18.0.2']);
  });

  it('counts three', () => {
    expect(owners([...stream(1, 0, 100), ...stream(2, 10, 110), ...stream(3, 20, 120)]).max).toBe(3);
  });

  it('ends a claim after three silent intervals, and not before', () => {
    expect(owners([...stream(1, 0, 300), ...stream(2, 150)]).max).toBe(2);
    expect(owners([...stream(1, 0, 301), ...stream(2, 150)]).max).toBe(1);
  });

  it('ends a claim with priority 0', () => {
    const leaving = [advert(0, 1), advert(100, 1, { priority: 0 }), advert(250, 1)];
    expect(owners([...leaving, ...stream(2, 150, 200)]).max).toBe(1);
    expect(owners([advert(0, 1), advert(50, 2, { priority: 0 }), advert(100, 1)]).max).toBe(1);
  });

  it('looks at its window alone, with claims that reach into it', () => {
    const both = [...stream(1, 0, 100, 200, 300), ...stream(2, 50, 150)];
    expect(owners(both, 160, 400).max).toBe(1);
    expect(owners(both, 120, 400)).toMatchObject({ max: 2, at_ns: 120 * MS });
    expect(owners(both, 120, 121).max).toBe(2);
    expect(owners(both, 400, 500).max).toBe(0);
  });

  it('keeps virtual routers apart', () => {
    expect(owners([...stream(1, 0, 100), advert(50, 2, { vrid: 8 })]).max).toBe(1);
  });
});
