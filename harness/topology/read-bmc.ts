import { InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';
import { prefixProblem } from './addresses.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { TopologyBmc } from './topology.ts';
import type { YamlPath } from './yaml-path.ts';

/** A trial waits at its end until no machine is to be turned off any more. */
const LONGEST_OFF_AFTER_MS = 30_000;

/** Where a node says that a BMC switches the power of its host. */
export interface PlacedBmc extends TopologyBmc {
  path: YamlPath;
}

/** Reads a label `hadrill.bmc`; reports what is wrong with it at `path`, and is undefined then. */
export function readBmc(context: ResolveContext, text: string, path: YamlPath): PlacedBmc | undefined {
  const match = /^(\S+)\s+([^\s=]+)(?:\s+off-after=(\S+))?$/.exec(text.trim());
  if (!match) {
    context.report(
      path,
      `'${text}' is not a BMC: write BRIDGE ADDRESS/LENGTH, like mgmt 198.19.0.101/24, and after it off-after=TIME if it is to take the power late`,
    );
    return undefined;
  }
  const [, bridge, address, late] = match;
  const off_after_ms = late === undefined ? 0 : offAfterMs(late);
  const problem =
    prefixProblem('ipv4', address!) ?? (typeof off_after_ms === 'string' ? off_after_ms : undefined);
  if (problem) context.report(path, problem);
  if (problem || typeof off_after_ms === 'string') return undefined;
  return { bridge: bridge!, address: address!, path, ...(off_after_ms > 0 ? { off_after_ms } : {}) };
}

/** @returns what is wrong with it where it is no such time. */
function offAfterMs(text: string): number | string {
  try {
    const ms = parseDurationMs(text);
    return ms <= LONGEST_OFF_AFTER_MS
      ? ms
      : `off-after=${text} is too long: a BMC takes the power within 30 s`;
  } catch (error) {
    if (error instanceof InputError) return `off-after: ${error.message}`;
    throw error;
  }
}
