# shellcheck shell=sh
# A router that has just started is no master, and what reaches it all the same is not for it.
if [ "${HOLD:-off}" != off ]; then /usr/local/lib/hadrill/hold; fi
