import { afterAll, beforeAll, describe } from 'vitest';
import { DRILL_IMAGES, drillsOn } from '../support/drills-on.ts';
import { noPodman, OwnPodman } from '../support/own-podman.ts';

describe.skipIf(noPodman)(`on Podman${noPodman ? ` (skipped: ${noPodman})` : ''}`, () => {
  let podman: OwnPodman;

  beforeAll(async () => {
    podman = new OwnPodman();
    await podman.begin(DRILL_IMAGES);
  });
  afterAll(() => podman.end());

  drillsOn('podman', () => podman);
});
