import { dnsmasqPair } from './dhcp/init/dnsmasq-pair.ts';
import type { Initialiser } from './initialiser.ts';
import { clusterPair } from './pacemaker/init/cluster-pair.ts';
import { keepalivedPair } from './vrrp/init/keepalived-pair.ts';

/** The kinds of pairs around which `hadrill init` writes a first drill. A new one is a file in its system and a line here. */
export const initialisers: readonly Initialiser[] = [keepalivedPair, clusterPair, dnsmasqPair];
