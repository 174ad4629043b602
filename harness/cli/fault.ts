import { once } from 'node:events';
import { HealedOtherwise } from '../drill/heal-fault.ts';
import { Injection } from '../drill/inject.ts';
import { connectEngine } from '../engine/connect.ts';
import { EnvironmentError, InterruptedError, messageOf, UnknownError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import { findLab } from '../lab/find-lab.ts';
import type { Lab } from '../lab/lab.ts';
import type { Command } from './context.ts';
import { requireFit, writtenFault } from './written-fault.ts';

interface FaultCommand {
  lab: string;
  kind: string;
  target: string;
  for?: number;
  option?: string[];
}

/** The lab stays. Without a terminal there is no way to say when to heal. */
const HEALING = {
  first: 'stopping: healing what was broken',
  second: 'still healing; once more to leave that to the fabric',
  on_hangup: true,
};

/** Breaks something by hand and heals it at the end. */
export const fault: Command<FaultCommand> = async (context, options) => {
  const spec = writtenFault(options.kind, options.target, options.option ?? []);
  const lab = await findLab(await connectEngine(), options.lab);
  const signal = context.interruptible(HEALING);
  try {
    requireFit(spec, lab.topology);
    await requireHealer(lab);
    const injection = await Injection.apply(lab, spec, () => undefined);
    context.say(`${injection.fault.label}, at ${injection.record.applied_at}`);
    for (const note of injection.fault.notes ?? []) context.say(note);
    const interrupted = await waitToHeal(signal, options.for);
    await healOrTell(injection, lab, (line) => context.say(line));
    context.say(`healed, at ${injection.record.reverted_at}`);
    if (interrupted && options.for !== undefined) throw new InterruptedError('interrupted: healed early');
    return 0;
  } finally {
    lab.disconnect();
  }
};

/** Says what else had to be done. @throws UnknownError telling what becomes of a fault that could not be healed. */
async function healOrTell(injection: Injection, lab: Lab, say: (line: string) => void): Promise<void> {
  await injection.heal().catch((error: unknown) => {
    if (error instanceof HealedOtherwise) return say(error.message);
    if (injection.record.reverted_at !== null) throw error;
    throw new UnknownError(messageOf(error), {
      remedy: `the fabric tries to heal it once more now; if it stays broken: hadrill down ${lab.name}`,
      cause: error,
    });
  });
}

/** The fabric heals what this command leaves broken when it is killed; for that it needs the engine. */
async function requireHealer(lab: Lab): Promise<void> {
  const trouble = await lab.agent.call('engine_trouble', {});
  if (trouble === null) return;
  throw new EnvironmentError(`the fabric of lab '${lab.name}' cannot reach the engine any more: ${trouble}`, {
    remedy: `take the lab down and up again: hadrill down ${lab.name}`,
  });
}

async function waitToHeal(signal: AbortSignal, for_ms: number | undefined): Promise<boolean> {
  try {
    if (for_ms !== undefined) await sleep(for_ms, signal);
    else if (!signal.aborted) await once(signal, 'abort');
    return signal.aborted;
  } catch (error) {
    if (error instanceof InterruptedError) return true;
    throw error;
  }
}
