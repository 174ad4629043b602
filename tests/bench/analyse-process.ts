/** Analyses one synthetic trial in a process of its own, as the command does, and prints what that took. */
import { readFile } from 'node:fs/promises';
import module from 'node:module';
import path from 'node:path';

module.enableCompileCache();
const { analyseTrial } = await import('../../harness/analysis/analyse-trial.ts');
const folder = process.argv[2]!;
const run = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8'));
const from = performance.now();
const { trial } = await analyseTrial(run, path.join(folder, 'trial-1'));
const analysis_ms = performance.now() - from;
const rss_mb = (process.resourceUsage().maxRSS * 1024) / 1e6;
process.stdout.write(
  `${JSON.stringify({ analysis_ms, rss_mb, outage_ms: trial.metrics['udp.outage_ms'], reason: trial.reason })}\n`,
);
