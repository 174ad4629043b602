import { recordOf } from '../evidence/records.ts';
import { Cut } from '../faults/cut.ts';
import { UnknownError } from '../ground/errors.ts';
import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import type { Lab } from '../lab/lab.ts';
import { labNow } from '../lab/now.ts';
import { parseUdpRecords } from '../probes/udp/records/udp-records.ts';
import type { BatchRecords, MadeCut } from './assess-cut.ts';
import { INTERVAL_MS, Instrument, PROBE, SERVER, SERVER_WIRE } from './instrument.ts';
import type { PlannedCut } from './plan.ts';

/** Between two cuts, and before the first: the instrument has to have seen service again. */
const PAUSE_MS = 500;
/** The agent takes the moment of a cut as far ahead as this. */
const AHEAD_MS = 100;
/** A look at the wire costs the machine milliseconds: only while a cut lasts so long, and so far from its ends. */
const LONG_MS = 1000;
const CLEAR_MS = 100;
/** After the last cut: an answer may take 100 ms. */
const TAIL_MS = 500;

export interface MadeBatch extends BatchRecords {
  cuts: MadeCut[];
  pcap: Uint8Array;
}

/**
 * Makes cuts, one after the other, while the instrument runs.
 * @throws UnknownError when a cut was not made or not healed; InterruptedError when the signal was given.
 */
export async function makeBatch(
  lab: Lab,
  plan: readonly PlannedCut[],
  signal: AbortSignal | undefined,
): Promise<MadeBatch> {
  const since_ns = await labNow(lab);
  const instrument = await Instrument.start(lab, signal);
  try {
    const cuts: MadeCut[] = [];
    for (const one of plan) {
      await sleep(PAUSE_MS, signal);
      cuts.push(await makeCut(lab, one, signal));
    }
    await sleep(TAIL_MS, signal);
    const records = await instrument.stop();
    const csv = recordOf(records.files, `${PROBE}.csv`);
    const pressure = await lab.agent.call('pressure', { since_ns });
    return { ...records, cuts, probe_records: parseUdpRecords(csv), pressure };
  } catch (error) {
    await instrument.abandon();
    throw error;
  }
}

/** Both ends are given to the agent beforehand: a harness at work just then would disturb what is measured. */
async function makeCut(lab: Lab, plan: PlannedCut, signal: AbortSignal | undefined): Promise<MadeCut> {
  const fault = new Cut(lab, { form: 'interface', node: SERVER, interface: SERVER_WIRE }, plan.sort);
  const at_ns = phased((await labNow(lab)) + AHEAD_MS * NS_PER_MS, plan.phase_ms);
  const cutting = fault.cutAt(at_ns);
  const healing = fault.healAt(at_ns + plan.asked_ms * NS_PER_MS);
  healing.catch(() => undefined);
  try {
    const cut = await cutting;
    if (plan.asked_ms >= LONG_MS) {
      await sleep(LONG_MS / 4, signal);
      await refuse(fault.verifyApplied(), `the fault '${fault.label}' did not take effect`);
    }
    const first = await healing;
    // A cut that came so late that there was nothing to heal yet.
    const healed = first.before_ns >= cut.after_ns ? first : await fault.healAt(0);
    await sleep(CLEAR_MS, signal);
    await refuse(fault.verifyHealed(), `the fault '${fault.label}' could not be healed`);
    return { plan, cut, healed };
  } catch (error) {
    await Promise.allSettled([cutting, fault.heal()]);
    await fault.heal();
    throw error;
  }
}

/** The next moment that is `phase_ms` into a grid of the probe's interval: a fixed shift from its schedule. */
function phased(from_ns: LabTime, phase_ms: number): LabTime {
  const interval_ns = INTERVAL_MS * NS_PER_MS;
  return Math.ceil(from_ns / interval_ns) * interval_ns + Math.round(phase_ms * NS_PER_MS);
}

async function refuse(look: Promise<string | undefined>, what: string): Promise<void> {
  const doubt = await look;
  if (doubt) throw new UnknownError(`${what}: ${doubt}`);
}
