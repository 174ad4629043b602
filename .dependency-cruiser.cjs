/** Import direction: a layer may import only from the layers below it (docs/architecture.md). */
const layers = [
  ['ground'],
  ['topology', 'journal'],
  ['engine', 'observe', 'outage', 'verdict'],
  ['lab', 'evidence'],
  ['systems'],
  ['faults', 'probes', 'audits'],
  ['analysis'],
  ['drill'],
  ['calibration', 'fleet'],
  ['report'],
  ['matchers'],
  ['init'],
  ['setup'],
  ['cli'],
];
const upward = layers.flatMap((layer, height) =>
  layer.map((name) => ({
    name: `${name}-imports-down-only`,
    comment: `harness/${name} may import only the layers below it`,
    severity: 'error',
    from: { path: `^harness/${name}/` },
    to: {
      path: `^harness/(${
        layers
          .flatMap((other, at) => (at > height || at === height ? other : []))
          .filter((n) => n !== name)
          .join('|') || 'nothing'
      })/`,
    },
  })),
);
module.exports = {
  forbidden: [
    ...upward,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-layers-know-no-docker',
      comment: 'these run on any machine',
      severity: 'error',
      from: { path: '^harness/(ground|journal|topology|observe|outage|verdict|evidence)/' },
      to: { path: '(dockerode|execa|^node:child_process|child_process)' },
    },
    {
      name: 'records-are-read-on-any-machine',
      comment: 'what the records of a probe say does not depend on a lab',
      severity: 'error',
      from: { path: '^harness/probes/[^/]+/records/' },
      to: { path: '^harness/(lab|engine)/|/live/|dockerode|execa|^node:child_process|child_process' },
    },
    {
      name: 'no-system-by-its-name',
      comment:
        'a trial and its faults ask the contract: one more system is its folder and a line in each registry',
      severity: 'error',
      from: { path: '^harness/(faults|drill)/' },
      to: { path: '^harness/systems/[^/]+/' },
    },
    {
      name: 'only-live-rooms-know-the-lab',
      comment: "a system's configuration and findings are read on any machine, and its metrics declared",
      severity: 'error',
      from: { path: '^harness/systems/[^/]+/', pathNot: '/live/' },
      to: { path: '^harness/(lab|engine)/|/live/|dockerode|execa|^node:child_process|child_process' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
