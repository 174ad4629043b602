import { InputError } from '../ground/errors.ts';

/** Faults that one may look for and that cannot be made here: why, and what comes near. */
const REFUSED: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  'neighbours-full': [
    'the kernel has one neighbour table for all network namespaces of the machine (gc_thresh3), so filling it would ' +
      'break the machine and other labs too',
    'blackhole with protocol=arp keeps a node from finding neighbours that it does not know yet',
  ],
  'clock-step': [
    'the machine has one CLOCK_REALTIME: time namespaces hold CLOCK_MONOTONIC and CLOCK_BOOTTIME only, and only of ' +
      'processes that are started in them (time_namespaces(7)); libfaketime must be in the image and loaded by each daemon',
    'pause a node: its clocks go on while it stands still',
  ],
  'rolling-restart': [
    'it is several faults, one after the other',
    'a sequence of restart, as in the drill l3-ha/rolling-restart',
  ],
  'rolling-upgrade': [
    'it is several faults, one after the other',
    'a sequence of upgrade, as in the drill l3/rolling-upgrade',
  ],
};

/** Why a fault of this name cannot be made, and what comes near, in one sentence each; undefined where nothing is known of it. */
export function refusalOf(kind: string): { why: string; remedy: string } | undefined {
  const refused = Object.hasOwn(REFUSED, kind) ? REFUSED[kind] : undefined;
  return refused && { why: `there is no fault '${kind}': ${refused[0]}`, remedy: refused[1] };
}

/** @throws InputError saying why, where the name is that of a fault that cannot be made. */
export function refuseByName(kind: string): void {
  const refused = refusalOf(kind);
  if (refused) throw new InputError(refused.why, { remedy: refused.remedy });
}
