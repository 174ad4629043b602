import { CELLS, type Cell, KINDS, type Kind, SETTINGS } from './truth-table.ts';

const MEASURES: Record<Cell, { suffix: string; measure: string }> = {
  'tcp client': { suffix: '', measure: 'client_first_survived_ratio' },
  'tcp server': { suffix: '', measure: 'server_first_survived_ratio' },
  'udp client': { suffix: '-udp', measure: 'client_first_survived_ratio' },
  'udp server': { suffix: '-udp', measure: 'server_first_survived_ratio' },
};
/** Of biome.json. */
const LINE_WIDTH = 110;
const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** The drill of one way to synchronise sessions: a probe for each kind of translation and protocol, an expectation a cell. */
export function drillText(setting: string): string {
  const { description, variables, expected } = SETTINGS[setting]!;
  const probes = KIND_NAMES.flatMap((kind) => {
    const { port, from, to, address } = KINDS[kind];
    const where = `from: ${from}, to: ${to}, address: ${address}, port: ${port}`;
    return [
      entry(kind, `{ kind: tcp, ${where}, sessions: 10, period: 1s }`),
      entry(`${kind}-udp`, `{ kind: udp-flows, ${where}, flows: 10, period: 1s }`),
    ];
  });
  const expectations = KIND_NAMES.flatMap((kind) =>
    CELLS.map((cell) => {
      const { suffix, measure } = MEASURES[cell];
      const value = expected[kind][cell] ? 1 : 0;
      return `  - { metric: ${kind}${suffix}.${measure}, op: "==", value: ${value} }`;
    }),
  );
  const pairs = Object.entries(variables).map(([name, value]) => `${name}: "${value}"`);
  return `# yaml-language-server: $schema=../../docs/schemas/drill.schema.json
# Written by: node tools/conntrack/main.ts
description: "${description}"
topology: conntrack.clab.yml
variables: { ${pairs.join(', ')} }

# Half of each probe's sessions have a client that speaks, the others a server.
probes:
${probes.join('\n')}

fault: { kind: crash, target: "host:master(router)" }

# A session that is lost may be silent only: after the next retransmissions it is known.
hold: { recovery: 15s }

expect:
${expectations.join('\n')}
`;
}

/** As `npm run format` leaves it. */
function entry(name: string, value: string): string {
  const line = `  ${name}: ${value}`;
  return line.length <= LINE_WIDTH ? line : `  ${name}:\n    ${value}`;
}
