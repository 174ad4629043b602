import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { registryOf } from '../../../harness/ground/registry.ts';

const kinds = [
  { kind: 'crash', order: 1 },
  { kind: 'cut', order: 2 },
];
const registry = registryOf('fault', kinds, ({ kind }) => kind);

describe('registryOf', () => {
  it('has the kinds by name, in the order of the list', () => {
    expect([...registry.keys()]).toEqual(['crash', 'cut']);
    expect(registry.get('cut')).toBe(kinds[1]);
    expect(registry.need('crash')).toBe(kinds[0]);
  });

  it('lists the names on a miss, and the nearest', () => {
    expect(() => registry.need('crush')).toThrow(InputError);
    expect(() => registry.need('crush')).toThrow(
      "there is no fault 'crush' (did you mean 'crash'?); there are crash, cut",
    );
    expect(registry.instead('reboot')).toBe('; there are crash, cut');
    expect(registry.get('toString')).toBeUndefined();
  });

  it('refuses two kinds of one name', () => {
    const twice = [...kinds, { kind: 'crash', order: 3 }];
    expect(() => registryOf('fault', twice, ({ kind }) => kind)).toThrow(
      "there are two kinds of fault with the name 'crash'",
    );
  });
});
