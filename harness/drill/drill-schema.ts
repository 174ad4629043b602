import { z } from 'zod';
import { faults } from '../faults/registry.ts';
import { OPS, STATS } from '../journal/journal.ts';
import { probes } from '../probes/registry.ts';
import { duration } from '../topology/duration.ts';

export const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
const variables = z.record(variableName, scalar);

/** Profiles: a name for each set of variables that the topology file may be built with. */
export const profilesSchema = z.record(z.string(), variables);

const probeOptions = [...probes.values()].map((kind) => kind.options);
const probe = z.discriminatedUnion('kind', probeOptions as [z.ZodObject, ...z.ZodObject[]]);

const fault = {
  kind: z.enum([...faults.keys()] as [string, ...string[]]),
  target: z.string(),
  options: z.record(z.string(), scalar).optional(),
};
/** Of a trial. */
export const MOST_FAULTS = 20;
const lasts = duration.optional().describe('healed this long after it was applied; default: at the end');

/** A time, or the shortest and the longest one that is drawn. */
const range = z
  .union([
    duration.transform((ms) => ({ low: ms, high: ms })),
    z.tuple([duration, duration]).transform(([low, high]) => ({ low, high })),
  ])
  .refine(({ low, high }) => low <= high, { message: 'the shorter time first' });

/** What a `*.drill.yml` may say; that it has one of `fault` and `faults` is checked in drill-faults.ts. */
export const drillSchema = z.strictObject({
  description: z.string().describe('one sentence: what is broken and what must hold'),
  topology: z.string().describe('path of the containerlab file, relative to this file'),
  profiles: z
    .union([z.string(), profilesSchema])
    .optional()
    .describe('sets of variables for the topology file: a mapping, or the path of a file with one'),
  profile: z.string().optional().describe('the profile that is used; --profile names another'),
  variables: variables.optional().describe('variables for the topology file, whatever the profile'),
  probes: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), probe),
  fault: z.strictObject(fault).optional().describe('what is broken: this, or a list `faults`'),
  faults: z
    .array(
      z.strictObject({
        ...fault,
        after: duration
          .optional()
          .describe('pause after the fault before it; the first fault has none; default: 1s'),
        at: duration
          .optional()
          .describe('when it is applied, after the first fault: a schedule, in which faults overlap'),
        every: duration.optional().describe('applied again after this time; needs `times` and `for`'),
        times: z.int().min(2).max(MOST_FAULTS).optional().describe('how often, with `every`'),
        for: lasts,
        heal: duration.optional().describe('an older name of `for`'),
      }),
    )
    .min(1)
    .max(MOST_FAULTS)
    .optional()
    .describe('what is broken, one after the other; healed at the end, the last first'),
  random: z
    .strictObject({
      count: z.int().min(1).max(MOST_FAULTS).default(1).describe('faults of a trial; default: 1'),
      pause: range.optional().describe('between two, a time or [shortest, longest]; default: 1s'),
      faults: z
        .array(
          z.strictObject({
            ...fault,
            weight: z
              .number()
              .positive()
              .default(1)
              .describe('how often it is drawn, beside the others; default: 1'),
            for: range
              .optional()
              .describe('how long it lasts, a time or [shortest, longest]; default: to the end'),
          }),
        )
        .min(1)
        .max(100)
        .describe('what is drawn from'),
    })
    .optional()
    .describe('each trial breaks what the seed of the run draws: this, or `fault`, or `faults`'),
  hold: z
    .strictObject({
      steady: duration.optional().describe('undisturbed service before the fault; default: 1s'),
      takeover: duration.optional().describe('deadline for service to come back; default: 30s'),
      recovery: duration.optional().describe('deadline for sessions to go on or be lost; default: 30s'),
      settled: duration.optional().describe('watched after the takeover, before healing; default: 1s'),
      rejoin: duration.optional().describe('watched after the failed node is back; default: 5s'),
    })
    .optional(),
  log_ignore: z
    .array(
      z.union([
        z.string(),
        z.strictObject({ node: z.string().describe('of this node alone'), lines: z.string() }),
      ]),
    )
    .optional()
    .describe('lines of logs that are no bad news: regular expressions, of all nodes or of one'),
  expect: z
    .array(
      z.strictObject({
        metric: z.string(),
        stat: z.enum(STATS).default('each'),
        op: z.enum(OPS),
        value: z.number().describe('in the unit of the metric; for within_bound the margin on both sides'),
        known: z
          .string()
          .regex(/\S/)
          .exactOptional()
          .describe('the finding by which it is known to fail: while it does, nothing else fails for it'),
      }),
    )
    .min(1),
});

export type DrillFile = z.output<typeof drillSchema>;
