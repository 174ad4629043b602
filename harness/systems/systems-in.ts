import { systems } from './registry.ts';
import type { System } from './system.ts';

/** A system that there is, and what of its own counts. */
export interface PresentSystem {
  system: System;
  /** Without what it gives in place of another one that there is: that one's own counts. */
  gives<Value>(values: Readonly<Record<string, Value>> | undefined): Record<string, Value>;
}

/** The systems that a topology or a trial has something of, in the order of the registry. */
export function systemsIn(has: (system: System) => boolean): PresentSystem[] {
  const present = [...systems.values()].filter(has);
  return present.map((system) => {
    const others = present.filter((one) => one !== system).map(({ metrics }) => metrics);
    const taken = new Set(
      system.stands_in_for?.filter((name) => others.some((metrics) => Object.hasOwn(metrics, name))),
    );
    const gives = <Value>(values: Readonly<Record<string, Value>> = {}) =>
      Object.fromEntries(Object.entries(values).filter(([name]) => !taken.has(name)));
    return { system, gives };
  });
}
