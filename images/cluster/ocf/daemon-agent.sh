# shellcheck shell=sh disable=SC2154 # OCF_RESKEY_* are given by Pacemaker and by the agent.
# What the resource agents of this folder share: they run a daemon that has a pid file and is asked over HTTP how it
# is. Resource Agent API 1.1 of the Open Cluster Framework; what Pacemaker makes of the codes stands in Pacemaker
# Explained, "OCF Return Codes". To be sourced; the agent then calls `run_action "$@"`.
#
# What the agent gives, besides OCF_RESKEY_* with their defaults filled in:
#   TITLE              the daemon's name, for people
#   PROGRAM            its file
#   MARK               a word of its command line that no other one of the kind has
#   own_metadata       prints its name, texts and parameters, for the meta-data
#   check_config       0 when the daemon would take its configuration; else its output says why not
#   launch             starts it and has its pid written; output of one that fails says why
#   ask                asks it, by `ask_with_curl`
#   last_words         prints what it said last, if that is known (optional)

: "${OCF_FUNCTIONS_DIR=${OCF_ROOT:=/usr/lib/ocf}/lib/heartbeat}"
# shellcheck source=/dev/null
. "$OCF_FUNCTIONS_DIR/ocf-shellfuncs"

# Between two looks at a process that is to start or to end.
STEP_S=0.02
# A daemon that was asked to end and is still there after this time is killed.
GRACE_CS=200

# One name for all runs of an agent on a node, also for an instance of an anonymous clone (`agent:0`).
INSTANCE=${OCF_RESOURCE_INSTANCE:-INSTANCE}
INSTANCE=${INSTANCE%%:*}

# Centiseconds since the machine started, without a process for it.
clock() {
  read -r uptime _ < /proc/uptime
  NOW=${uptime%.*}${uptime#*.}
}

last_words() { :; }

# The process PID is the daemon's. The kernel gives a pid out again: after a crash the pid file may name anybody. One
# that has ended has no command line, even while its parent does not know.
is_ours() { [ "$(grep -zcxF -e "$PROGRAM" -e "$MARK" "/proc/$PID/cmdline" 2> /dev/null)" = 2 ]; }

# Sets PID.
running() {
  PID=''
  { read -r PID < "$OCF_RESKEY_pidfile"; } 2> /dev/null
  case $PID in '' | *[!0-9]*) return 1 ;; esac
  is_ours
}

# -q: nobody's own curl configuration. --noproxy: whatever the environment says.
ask_with_curl() {
  curl -q --silent --fail --output /dev/null --noproxy '*' --max-time "$OCF_RESKEY_check_timeout" "$@"
}

# Sets WHY where the daemon is not well.
healthy() {
  [ "$OCF_RESKEY_check" = pid ] && return
  ask && return
  case $? in
    7) WHY="does not take a connection for $OCF_RESKEY_url" ;;
    22) WHY="answers $OCF_RESKEY_url with an error" ;;
    28) WHY="does not answer $OCF_RESKEY_url within $OCF_RESKEY_check_timeout s" ;;
    *) WHY="does not answer $OCF_RESKEY_url" ;;
  esac
  return 1
}

# A probe (a monitor without interval) takes the same way: what runs is found by its process, so neither program nor
# configuration is needed to say that nothing runs.
monitor() {
  check_parameters || return
  running || return "$OCF_NOT_RUNNING"
  healthy && return
  ocf_exit_reason "$TITLE (process $PID) $WHY"
  return "$OCF_ERR_GENERIC"
}

# Ends when the service is proven. Pacemaker kills an agent that is late, and its reason is lost with it: so this one
# gives up a second before.
start() {
  clock
  limit_ms=${OCF_RESKEY_CRM_meta_timeout:-20000}
  if [ "$limit_ms" -gt 2000 ]; then limit_ms=$((limit_ms - 1000)); fi
  deadline=$((NOW + limit_ms / 10))
  if ! running; then
    validate || return
    if ! said=$(launch); then
      ocf_exit_reason "$TITLE did not start: $said"
      return "$OCF_ERR_GENERIC"
    fi
  fi
  until running && healthy; do
    if [ -z "$PID" ] || ! [ -e "/proc/$PID" ]; then
      ocf_exit_reason "$TITLE ended right after its start: $(last_words)"
      return "$OCF_ERR_GENERIC"
    fi
    clock
    if [ "$NOW" -ge "$deadline" ]; then
      ocf_exit_reason "$TITLE (process $PID) was started, but ${WHY-does not run}"
      return "$OCF_ERR_GENERIC"
    fi
    sleep "$STEP_S"
  done
}

# What does not run is stopped. Nothing else is an end of this: Pacemaker takes a stop that fails or is late for a node
# that must be fenced.
stop() {
  if running; then
    # A process that is stopped takes the first signal when it goes on.
    kill -TERM "$PID" 2> /dev/null
    kill -CONT "$PID" 2> /dev/null
    clock
    deadline=$((NOW + GRACE_CS))
    while is_ours; do
      clock
      if [ "$NOW" -ge "$deadline" ]; then kill -KILL "$PID" 2> /dev/null; fi
      sleep "$STEP_S"
    done
  fi
  rm -f "$OCF_RESKEY_pidfile"
}

# Parameters that no node could use: 6, and Pacemaker does not try another node.
check_parameters() {
  case $OCF_RESKEY_check in
    service | pid) ;;
    *) unusable "check must be service or pid, not '$OCF_RESKEY_check'" || return ;;
  esac
  case $OCF_RESKEY_check_timeout in
    '' | *[!0-9.]* | *.*.* | .) unusable "check_timeout must be seconds, not '$OCF_RESKEY_check_timeout'" || return ;;
    *[1-9]*) ;;
    *) unusable "check_timeout must be more than 0 s" || return ;;
  esac
  case $OCF_RESKEY_pidfile in
    /*) ;;
    *) unusable "pidfile must be an absolute path, not '$OCF_RESKEY_pidfile'" ;;
  esac
}

unusable() {
  ocf_exit_reason "parameter $1"
  return "$OCF_ERR_CONFIGURED"
}

# 5: not installed here. 2: not usable on this machine. With both Pacemaker tries another node.
validate() {
  check_parameters || return
  if ! [ -x "$PROGRAM" ]; then
    ocf_exit_reason "$TITLE is not installed: there is no program $PROGRAM"
    return "$OCF_ERR_INSTALLED"
  fi
  if ! [ -r "$OCF_RESKEY_config" ]; then
    ocf_exit_reason "$TITLE has no configuration file $OCF_RESKEY_config"
    return "$OCF_ERR_ARGS"
  fi
  if ! said=$(check_config); then
    ocf_exit_reason "$TITLE would not take $OCF_RESKEY_config: $said"
    return "$OCF_ERR_ARGS"
  fi
}

# parameter NAME DEFAULT SHORT LONG [UNIQUE-GROUP]
parameter() {
  unique='unique="0"'
  if [ -n "${5-}" ]; then unique="unique=\"1\" unique-group=\"$5\""; fi
  cat << XML
    <parameter name="$1" required="0" $unique>
      <longdesc lang="en">$4</longdesc>
      <shortdesc lang="en">$3</shortdesc>
      <content type="string" default="$2"/>
    </parameter>
XML
}

# For own_metadata.
shared_parameters() {
  parameter pidfile "/run/$NAME-INSTANCE.pid" "pid file" \
    "Where the daemon's process id is written. By default its name has the resource's name for INSTANCE." pidfile
  cat << XML
    <parameter name="check" required="0" unique="0">
      <longdesc lang="en">What a monitor looks at. service: the daemon must answer the url. pid: its process must be there, which a daemon that hangs satisfies too.</longdesc>
      <shortdesc lang="en">service or pid</shortdesc>
      <content type="select" default="service">
        <option value="service"/>
        <option value="pid"/>
      </content>
    </parameter>
XML
  parameter check_timeout 1 "seconds for an answer" \
    "How many seconds the daemon has to answer; 0.5 is a number too. Should be less than the timeout of the monitor, or no reason is given."
}

metadata() {
  cat << XML
<?xml version="1.0"?>
<resource-agent name="$NAME" version="1.0">
  <version>1.1</version>
$(own_metadata)
  <actions>
    <action name="start" timeout="20s"/>
    <action name="stop" timeout="20s"/>
    <action name="monitor" depth="0" timeout="20s" interval="10s"/>
    <action name="meta-data" timeout="5s"/>
    <action name="validate-all" timeout="20s"/>
  </actions>
</resource-agent>
XML
}

run_action() {
  case ${1-} in
    start | stop | monitor) "$1" ;;
    validate-all) validate ;;
    meta-data) metadata ;;
    usage | help) echo "usage: $0 start|stop|monitor|validate-all|meta-data" ;;
    *)
      echo "usage: $0 start|stop|monitor|validate-all|meta-data" >&2
      return "$OCF_ERR_UNIMPLEMENTED"
      ;;
  esac
}
