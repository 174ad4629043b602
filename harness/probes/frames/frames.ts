import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import { type LabTime, NS_PER_MS } from '../../ground/time.ts';
import type { Lab } from '../../lab/lab.ts';
import { duration } from '../../topology/duration.ts';
import { interfaceName } from '../common-options.ts';
import { outageBound } from '../outage-metrics.ts';
import type { ProbeKind, RunningProbe } from '../probe.ts';
import { ProgramGroup } from '../program-group.ts';
import { requireInterface } from '../require-interface.ts';
import { analyseFrames, FRAME_LATE_MS } from './frames-analysis.ts';
import { FRAME_METRICS } from './frames-metrics.ts';
import { type FrameListener, framePrograms, frameRecords } from './frames-records.ts';

const START_TIMEOUT_S = 15;
/** So many frames in a row mean that the segment carries them. */
const GOOD_STREAK = 20;
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
/** The sender's number of the probe must be exact in JSON. */
const MOST_ID = 2 ** 47;

const options = z.strictObject({
  kind: z.literal('frames'),
  from: z.string().describe('the node that sends'),
  to: z.string().describe('the node that receives, on the same segment'),
  interface: interfaceName.prefault('eth1').describe('the interface of `from`'),
  to_interface: interfaceName.prefault('eth1').describe('the interface of `to`'),
  cast: z
    .enum(['broadcast', 'unicast'])
    .default('broadcast')
    .describe('whom the frames are addressed to: everybody on the segment, or the receiver'),
  interval: duration.prefault('10ms').refine((ms) => ms >= 1 && ms <= 100, 'allowed: 1ms to 100ms'),
  new_mac_every: z
    .int()
    .min(2)
    .max(1000)
    .optional()
    .describe('every so many frames one leaves from a MAC address that was never used before'),
  intruders: z
    .array(z.string())
    .default([])
    .describe('nodes that must not receive any of these frames, at any of their interfaces'),
});
export type FrameOptions = z.output<typeof options>;

/** Raw numbered frames from one node to another on the same segment, with no router and no address between. */
export const frames: ProbeKind<typeof options> = {
  kind: 'frames',
  summary:
    'raw numbered frames on one segment: lost, doubled, out of order, leaked, the outage with its error',
  options,
  metrics: FRAME_METRICS,
  on_link: true,
  most_late_ms: 50,
  nodes: ({ from, to, intruders }) => [from, to, ...intruders],
  // It has none: nothing is looked for in captures of what stays on its link.
  port: () => ({ protocol: 'udp', port: 0 }),
  bounds: ({ new_mac_every }, cause) => {
    const { outage_ms } = outageBound(cause);
    const known = outage_ms === undefined ? {} : { outage_ms };
    const new_outage_ms = cause.new_flows ?? outage_ms;
    return new_mac_every === undefined || new_outage_ms === undefined ? known : { ...known, new_outage_ms };
  },
  start: startFrames,
  analyse: (name, options, files, windows) => analyseFrames(name, options, files, windows),
};

async function startFrames(lab: Lab, name: string, options: FrameOptions): Promise<RunningProbe> {
  const { from, to, cast, interval, new_mac_every, intruders } = options;
  const source = requireInterface(lab, from, options.interface).mac;
  const receiver = requireInterface(lab, to, options.to_interface);
  const destination = cast === 'broadcast' ? BROADCAST : receiver.mac.toLowerCase();
  const id = randomInt(MOST_ID);
  const names = framePrograms(
    name,
    { node: to, interface: options.to_interface },
    intruders.flatMap((node) => lab.node(node).ports.map((port) => ({ node, interface: port.interface }))),
  );
  const listening = names.listeners.map((one) => ({
    name: one.program,
    node: one.node,
    program: 'frame_receiver',
    params: { interface: one.interface, id },
  }));
  const sending = {
    interface: options.interface,
    source: source.toLowerCase(),
    destination,
    id,
    interval_ns: interval * NS_PER_MS,
    new_source_every: new_mac_every ?? 0,
  };
  const sender = { name: names.sender, node: from, program: 'frame_sender', params: sending };
  const programs = await ProgramGroup.start(lab, [...listening, sender], START_TIMEOUT_S);
  return new RunningFrames(name, options, names.listeners, programs);
}

interface Heard {
  received: number;
  good_streak: number;
  last_received_ns: LabTime | null;
  dropped: number;
  running: boolean;
  now_ns: LabTime;
}

class RunningFrames implements RunningProbe {
  readonly name: string;
  readonly #options: FrameOptions;
  readonly #listeners: readonly FrameListener[];
  readonly #programs: ProgramGroup;

  constructor(
    name: string,
    options: FrameOptions,
    listeners: readonly FrameListener[],
    programs: ProgramGroup,
  ) {
    this.name = name;
    this.#options = options;
    this.#listeners = listeners;
    this.#programs = programs;
  }

  async trouble(): Promise<string | undefined> {
    const [receiver, ...intruders] = this.#listeners;
    for (const one of intruders)
      if (!(await this.#heard(one)).running)
        return `${one.node} can hear nothing at ${one.interface}: no carrier`;
    const { good_streak, received } = await this.#heard(receiver!);
    return good_streak >= GOOD_STREAK
      ? undefined
      : `${received} frames received, the last ${good_streak} in a row`;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const { good_streak, last_received_ns, now_ns } = await this.#heard(this.#listeners[0]!);
    const judged_ns = (GOOD_STREAK * this.#options.interval + FRAME_LATE_MS) * NS_PER_MS;
    const fresh = last_received_ns !== null && now_ns - last_received_ns < FRAME_LATE_MS * NS_PER_MS;
    return good_streak >= GOOD_STREAK && fresh && now_ns - judged_ns > since_ns;
  }

  async stop(): Promise<Records> {
    const sent = await this.#programs.finish(this.name);
    const heard: { listener: FrameListener; csv: Uint8Array; dropped: number; running: boolean }[] = [];
    for (const listener of this.#listeners) {
      const { dropped, running } = await this.#heard(listener);
      heard.push({ listener, dropped, running, csv: await this.#programs.finish(listener.program) });
    }
    await this.abandon();
    return frameRecords(this.name, sent, heard);
  }

  abandon(): Promise<void> {
    return this.#programs.end();
  }

  async #heard({ program }: FrameListener): Promise<Heard> {
    return (await this.#programs.ask(program, { op: 'status' })) as unknown as Heard;
  }
}
