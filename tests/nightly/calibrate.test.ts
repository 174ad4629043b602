import { test } from 'vitest';
import { LENGTHS_MS } from '../../harness/calibration/plan.ts';
import { expectCalibrated } from '../support/calibrations.ts';

test('calibrate: cuts of every length are seen as long as they were, and nothing where nothing was cut', async () => {
  await expectCalibrated(LENGTHS_MS, 10);
});
