# The cluster's first configuration: every member begins with the same one (cib.xml, without a signature, is taken
# as it is). A member that has been in the cluster before keeps its own.
cib=/var/lib/pacemaker/cib/cib.xml
if [ -e /etc/pacemaker/cib.xml ] && ! [ -e "$cib" ]; then
  install -o hacluster -g haclient -m 600 /etc/pacemaker/cib.xml "$cib"
fi
# Alert agents run as hacluster.
install -d -o hacluster -g haclient -m 755 /run/hadrill
