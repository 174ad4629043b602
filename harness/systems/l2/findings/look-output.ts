import { BRIDGES_SCRIPT, parseBridges, saysBridges } from './kernel-bridges.ts';
import type { SwitchLook } from './l2-facts.ts';
import { OVS_SCRIPT, parseOvs } from './ovs-output.ts';

/** Everything that a look at a switch asks, in one program, whatever forwards there. */
export const LOOK_SCRIPT = `if [ "$(cat /run/switch/datapath)" = bridge ]; then
${BRIDGES_SCRIPT}
else
${OVS_SCRIPT}
fi`;

/** How long that may take, in s: two seconds for what hangs, three times. */
export const LOOK_TIMEOUT_S = 10;

/** What a switch said to LOOK_SCRIPT. @returns no database where it did not answer. */
export function parseLook(output: string): Pick<SwitchLook, 'database' | 'flows' | 'kernel_bridges'> {
  return saysBridges(output) ? parseBridges(output) : parseOvs(output);
}
