import path from 'node:path';
import type { Plugin } from 'rolldown';

const MARK = '\0deferred:';

/**
 * Bundles the engine's client without what few engines need: its SSH transport is loaded when it is first called, with
 * `ssh2` from node_modules. BuildKit sessions (gRPC) are left out, as images are built without them.
 */
export const deferTransports: Plugin = {
  name: 'defer-transports',
  resolveId: (source, importer = '') => {
    const ssh = source === './ssh' && importer.endsWith('docker-modem/lib/modem.js');
    const session = /^\.\/(session|buildkit)$/.test(source) && importer.endsWith('dockerode/lib/docker.js');
    return ssh || session ? `${MARK}${path.join(path.dirname(importer), source)}.js` : null;
  },
  load: (id) => {
    if (!id.startsWith(MARK)) return null;
    const file = id.slice(MARK.length);
    return path.basename(file) === 'ssh.js'
      ? `module.exports = (...args) => require(${JSON.stringify(file)})(...args);`
      : `module.exports = () => { throw new Error('the engine client was bundled without BuildKit sessions'); };`;
  },
};
