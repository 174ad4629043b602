import { connectEngine, type Engine, EngineUnreachableError } from '../engine/connect.ts';
import type { OnProgress } from '../engine/follow-progress.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { planEngine } from './engine-plan.ts';
import { hostFacts } from './host-facts.ts';
import { installEngine } from './install-engine.ts';
import { startEngine } from './start-engine.ts';

/**
 * An engine that answers. When one does already, nothing on this machine is touched; else this machine's own
 * is installed (Debian, Ubuntu) and started, as far as root, and HADRILL_NO_ENGINE_INSTALL, allow.
 * @throws EnvironmentError saying what to do when that is not possible.
 */
export async function readyEngine(onProgress: OnProgress): Promise<Engine> {
  try {
    return await connectEngine();
  } catch (error) {
    if (!(error instanceof EngineUnreachableError)) throw error;
    const host = await hostFacts();
    const plan = planEngine(error, host);
    if (plan.do === 'nothing') {
      if (plan.why === '') throw error;
      throw new EnvironmentError(`${error.message}; ${plan.why}`, { remedy: plan.remedy, cause: error });
    }
    if (plan.do === 'install') await installEngine(host.systemd, onProgress);
    return startEngine(plan.by, onProgress);
  }
}
