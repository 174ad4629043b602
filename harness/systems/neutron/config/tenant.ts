import type { TenantFile } from './tenant-schema.ts';

/** What is created by Neutron's API when a lab starts; checked. */
export interface Tenant extends TenantFile {
  /** Absolute path of the file. */
  readonly file: string;
  /** Name of the control node. */
  readonly control: string;
  /** Which of Neutron's times the topology has changed, one sentence each. */
  readonly scaled: readonly string[];
}

/** Where a port is plugged in, as `at` of a port says. */
export interface Plug {
  readonly node: string;
  readonly interface: string;
}

/** Of `NODE:INTERFACE`; undefined where it is no such text. */
export function plugOf(at: string): Plug | undefined {
  const match = /^([^\s:]+):([^\s:]+)$/.exec(at);
  return match ? { node: match[1]!, interface: match[2]! } : undefined;
}
