import type { Lab } from '../../../lab/lab.ts';
import { haveActive } from './elections.ts';
import { unsettle } from './router-settle.ts';
import { holdersOf, virtualRouters } from './virtual-routers.ts';

/** A member with this label owns the virtual router of that name when a trial begins. */
const OWNER_LABEL = 'hadrill.owner';

/**
 * Has every virtual router begin with the owner that the topology wants: any other one steps down, as in a graceful stop.
 * Does nothing where none is wanted.
 * @throws DeadlineError when the wanted one does not take the address.
 */
export async function haveWantedOwners(lab: Lab, signal?: AbortSignal): Promise<void> {
  for (const router of virtualRouters(lab)) {
    const wanted = router.members.find(({ spec }) => spec.labels[OWNER_LABEL] === router.name);
    if (!wanted || (await holdersOf(lab, router)).includes(wanted)) continue;
    await haveActive(lab, router.name, wanted.name, (but) => router.members.length - but.length, signal);
    unsettle(lab);
  }
}
