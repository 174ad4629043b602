import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { InputError, type InputProblem } from '../../../../../harness/ground/errors.ts';
import { haproxy } from '../../../../../harness/systems/haproxy/haproxy.ts';
import { type LoadedSystems, loadSystems } from '../../../../../harness/systems/load-systems.ts';
import type { ClusterFiles } from '../../../../../harness/systems/pacemaker/config/load-clusters.ts';
import { pacemaker } from '../../../../../harness/systems/pacemaker/pacemaker.ts';
import { loadTopology } from '../../../../../harness/topology/load-topology.ts';

/** Texts of files by their names. */
export type Files = Record<string, string>;

/** Two members of one cluster, each with an address at the front and on the ring; everything is well. */
export const FILES: Files = {
  't.clab.yml': `name: t
topology:
  defaults: {kind: linux, image: hadrill/cluster}
  groups:
    balancers:
      labels: {hadrill.cluster: lb}
      binds:
        - corosync.conf:/etc/corosync/corosync.conf:ro
        - cib.xml.template:/etc/pacemaker/cib.xml.template:ro
        - haproxy.cfg:/etc/haproxy/haproxy.cfg:ro
      env:
        MONITOR: 1s
        MORE: ""
  nodes:
    fabric:
    "front|fabric": {kind: bridge, network-mode: "container:fabric"}
    "ring|fabric": {kind: bridge, network-mode: "container:fabric"}
    lb1: {group: balancers}
    lb2: {group: balancers}
    client: {}
  links:
    - {endpoints: ["lb1:front", "front|fabric:lb1"], ipv4: [198.18.1.11/24]}
    - {endpoints: ["lb2:front", "front|fabric:lb2"], ipv4: [198.18.1.12/24]}
    - {endpoints: ["client:front", "front|fabric:client"], ipv4: [198.18.1.10/24]}
    - {endpoints: ["lb1:ring", "ring|fabric:r1"], ipv4: [169.254.192.1/18]}
    - {endpoints: ["lb2:ring", "ring|fabric:r2"], ipv4: [169.254.192.2/18]}
`,
  'corosync.conf': `totem {
  version: 2
  cluster_name: lb
  transport: knet
  token: 1000
}
quorum {
  provider: corosync_votequorum
  two_node: 1
}
nodelist {
  node {
    name: lb1
    nodeid: 1
    ring0_addr: 169.254.192.1
  }
  node {
    name: lb2
    nodeid: 2
    ring0_addr: 169.254.192.2
  }
}
`,
  'cib.xml.template': `<cib validate-with="pacemaker-3.10">
  <configuration>
    <crm_config>
      <cluster_property_set id="cluster">
        <nvpair id="cluster-stonith" name="stonith-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes/>
    <resources>\${MORE}
      <primitive id="vip" class="ocf" provider="heartbeat" type="IPaddr2">
        <instance_attributes id="vip-params">
          <nvpair id="vip-ip" name="ip" value="198.18.1.100"/>
          <nvpair id="vip-prefix" name="cidr_netmask" value="24"/>
          <nvpair id="vip-nic" name="nic" value="front"/>
        </instance_attributes>
        <operations>
          <op id="vip-monitor" name="monitor" interval="\${MONITOR}" timeout="5s"/>
        </operations>
      </primitive>
      <primitive id="haproxy" class="ocf" provider="hadrill" type="haproxy">
        <operations>
          <op id="haproxy-monitor" name="monitor" interval="\${MONITOR}" timeout="5s"/>
        </operations>
      </primitive>
    </resources>
    <constraints>
      <rsc_colocation id="haproxy-with-vip" rsc="haproxy" with-rsc="vip" score="INFINITY"/>
      <rsc_order id="vip-before-haproxy" first="vip" then="haproxy" kind="Mandatory"/>
    </constraints>
  </configuration>
  <status/>
</cib>
`,
  'haproxy.cfg': `defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend web
  bind 198.18.1.100:80
  default_backend web
backend web
  server web1 203.0.113.21:8080 check inter 2s rise 2 fall 5
  server web2 203.0.113.22:8080 check
`,
};

/** The files with a piece of one replaced, which must be there once; ▶ in `to` stays. */
export function changed(name: string, from: string, to: string, files = FILES): Files {
  const pieces = files[name]!.split(from);
  expect(pieces, `${name} has '${from}' once`).toHaveLength(2);
  return { ...files, [name]: pieces.join(to) };
}

/** Loads the clusters of `t.clab.yml` among files that are given as text. */
export async function loadFiles(files: Files): Promise<readonly ClusterFiles[]> {
  return (await loadAll(files)).of(pacemaker);
}

/** The haproxy.cfg of its nodes. */
export async function loadHaproxies(files: Files) {
  return (await loadAll(files)).of(haproxy);
}

async function loadAll(files: Files): Promise<LoadedSystems> {
  const directory = await mkdtemp(join(tmpdir(), 'hadrill-clusters-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    return await loadSystems(await loadTopology(join(directory, 't.clab.yml'), { env: {} }), {});
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Everything that is wrong, as `FILE:LINE:COLUMN message`; anything but an InputError fails the test. */
export async function problemsOf(files: Files): Promise<string[]> {
  try {
    await loadFiles(files);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(written);
  }
}

/** What is reported and not refused, written like problems; files in which something is wrong fail the test. */
export async function notesOf(files: Files): Promise<string[]> {
  return (await loadAll(files)).notes.map(written);
}

function written({ message, position }: InputProblem): string {
  return `${basename(position?.file ?? '?')}:${position?.line}:${position?.column} ${message}`;
}

/** The files with one thing replaced have one problem, at the ▶ in `to`. */
export function expectProblem(
  name: string,
  from: string,
  to: string,
  says: string | RegExp,
  files = FILES,
): Promise<void> {
  return expectOne(problemsOf, { name, from, to, says, files });
}

/** The same of a note: the files are taken. */
export function expectNote(
  name: string,
  from: string,
  to: string,
  says: string | RegExp,
  files = FILES,
): Promise<void> {
  return expectOne(notesOf, { name, from, to, says, files });
}

async function expectOne(
  what: (files: Files) => Promise<string[]>,
  {
    name,
    from,
    to,
    says,
    files,
  }: { name: string; from: string; to: string; says: string | RegExp; files: Files },
): Promise<void> {
  const marked = changed(name, from, to, files);
  const text = marked[name]!;
  const before = text.slice(0, text.indexOf('▶')).split('\n');
  const found = await what({ ...marked, [name]: text.replace('▶', '') });
  expect(found).toHaveLength(1);
  const at = `${name}:${before.length}:${before.at(-1)!.length + 1} `;
  expect(found[0]!.startsWith(at), `${found[0]} is at ${at}`).toBe(true);
  expect(found[0]!.slice(at.length)).toMatch(says);
}
