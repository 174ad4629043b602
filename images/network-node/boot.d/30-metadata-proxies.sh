# shellcheck shell=sh
# A service metadata-proxy-ROUTER for each /etc/metadata-proxy/ROUTER.cfg, a configuration of haproxy.
rm -rf /etc/sv/metadata-proxy-*
for config in /etc/metadata-proxy/*.cfg; do
  [ -e "$config" ] || continue
  router=${config##*/} router=${router%.cfg}
  cp -r /usr/local/lib/hadrill/metadata-proxy "/etc/sv/metadata-proxy-$router"
done

# Of which routers this node is the primary; what a life before this one left is not true any more.
rm -rf /run/primary
mkdir -p /run/primary
