import type { LabTime } from '../../../ground/time.ts';
import { msFromNs } from '../../../ground/time.ts';
import type { AuditRecord, FaultRecord } from '../../../journal/journal.ts';
import type { Leak } from './network-frames.ts';
import type { Loop } from './repeated-frames.ts';

/** Audits that only the captures can answer, since they are about every frame of the trial. */
export const WIRE_AUDITS = {
  isolation: 'no machine on a switch got a frame of another network (VLAN), in the whole trial',
  'no-loop': 'no frame of a probe came by a wire of a switch twice, in the whole trial',
} as const;

/** Faults that put frames on wires, double them or change what is in them: then frames say nothing of the switches. */
const FORGING = ['duplicate', 'corrupt', 'arp-poison', 'mac-flap', 'duplicate-address'];

export function isForged(faults: readonly Pick<FaultRecord, 'kind'>[]): boolean {
  return faults.some(({ kind }) => FORGING.includes(kind));
}

/**
 * @param vlans how many networks there are: of one nothing can leak.
 * @param frames that machines' wires carried.
 */
export function judgeIsolation(
  leaks: readonly Leak[],
  seen: { vlans: number; frames: number },
  fault_ns: LabTime,
): AuditRecord[] {
  if (seen.vlans < 2) return [];
  const name = 'isolation';
  if (leaks.length === 0)
    return [
      {
        name,
        verdict: 'pass',
        detail: `none of ${seen.frames} frames on the wires of machines was of another network`,
      },
    ];
  const detail = leaks
    .map(
      ({ of, to, frames, first_ns }) =>
        `${frames} frames of ${of} came to ${to}, the first ${when(first_ns, fault_ns)}`,
    )
    .join('; ');
  return [{ name, verdict: 'fail', detail }];
}

export function judgeLoops(loops: readonly Loop[], numbered: number, fault_ns: LabTime): AuditRecord[] {
  const name = 'no-loop';
  if (loops.length > 0) {
    const detail = loops
      .map(
        ({ segment, repeated, first_ns }) =>
          `on wire ${segment} ${repeated} frames came by that had been there, the first ${when(first_ns, fault_ns)}`,
      )
      .join('; ');
    return [{ name, verdict: 'fail', detail }];
  }
  if (numbered === 0) return [];
  return [{ name, verdict: 'pass', detail: `none of ${numbered} numbered frames came by a wire twice` }];
}

function when(at_ns: LabTime, fault_ns: LabTime): string {
  const ms = msFromNs(at_ns - fault_ns);
  return ms < 0 ? `${(-ms).toFixed(0)} ms before the fault` : `${ms.toFixed(0)} ms after the fault`;
}
