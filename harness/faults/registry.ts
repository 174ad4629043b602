import { didYouMean } from '../ground/near-name.ts';
import { registryOf } from '../ground/registry.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { liveSystems } from '../systems/live.ts';
import { arpPoison } from './arp-poison.ts';
import { badConfig } from './bad-config.ts';
import { blackhole } from './blackhole.ts';
import { bmcRefuses } from './bmc-refuses.ts';
import { bmcSilent } from './bmc-silent.ts';
import { conntrackFull } from './conntrack-full.ts';
import { corrupt } from './corrupt.ts';
import { cpuStarve } from './cpu-starve.ts';
import { crash } from './crash.ts';
import { cut } from './cut.ts';
import { delay } from './delay.ts';
import { diskFull } from './disk-full.ts';
import { duplicate } from './duplicate.ts';
import { duplicateAddress } from './duplicate-address.ts';
import { exec } from './exec.ts';
import { fdExhaust } from './fd-exhaust.ts';
import { filter } from './filter.ts';
import { flap } from './flap.ts';
import { hang } from './hang.ts';
import { isolate } from './isolate.ts';
import { kill } from './kill.ts';
import { killLoop } from './kill-loop.ts';
import { loss } from './loss.ts';
import { macFlap } from './mac-flap.ts';
import { mtu } from './mtu.ts';
import { oneWay } from './one-way.ts';
import { oom } from './oom.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { portExhaust } from './port-exhaust.ts';
import { rate } from './rate.ts';
import { readOnlyFs } from './read-only-fs.ts';
import { reboot } from './reboot.ts';
import { refuseByName } from './refused.ts';
import { removeAddress } from './remove-address.ts';
import { reorder } from './reorder.ts';
import { restart } from './restart.ts';
import { stop } from './stop.ts';
import { upgrade } from './upgrade.ts';

/** Kinds that break something of any lab. A new one is a file and a line here. */
const GENERAL: readonly FaultKind[] = [
  badConfig,
  arpPoison,
  blackhole,
  bmcRefuses,
  bmcSilent,
  conntrackFull,
  corrupt,
  cpuStarve,
  crash,
  cut,
  delay,
  diskFull,
  duplicate,
  duplicateAddress,
  exec,
  fdExhaust,
  filter,
  flap,
  hang,
  killLoop,
  isolate,
  kill,
  loss,
  macFlap,
  mtu,
  oneWay,
  oom,
  pause,
  portExhaust,
  partition,
  rate,
  readOnlyFs,
  reboot,
  removeAddress,
  reorder,
  restart,
  stop,
  upgrade,
];

/** Every kind of fault, by the alphabet: those of any lab, and those that the systems under test bring. */
export const faults = registryOf<FaultKind>(
  'fault',
  [...GENERAL, ...liveSystems.flatMap((live) => live.faults ?? [])].toSorted((a, b) =>
    a.kind.localeCompare(b.kind, 'en'),
  ),
  ({ kind }) => kind,
);

/** @throws InputError listing the kinds that exist, or saying why there is none of that name. */
export function faultKind(name: string): FaultKind {
  refuseByName(name);
  return faults.need(name);
}

/** The options that a kind of fault does not take, each with the sentence that says so. */
export function unknownOptions(kind: FaultKind, options: FaultOptions): { name: string; message: string }[] {
  const known = Object.keys(kind.options);
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      name,
      message:
        `${kind.kind} has no option '${name}'${didYouMean(name, known)}; ` +
        `it takes ${known.length > 0 ? known.join(', ') : 'none'}`,
    }));
}
