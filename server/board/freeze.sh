#!/bin/sh
# freeze.sh PID SECONDS COMMAND… : stops a process, and lets it go on as soon as COMMAND ends, after
# SECONDS in any case, and when this script is asked to end.
pid=$1
seconds=$2
shift 2
trap 'kill -CONT "$pid" 2>/dev/null' EXIT
trap 'exit 1' TERM INT HUP
# A command in the background would have none.
exec 3<&0
kill -STOP "$pid" || exit 1
timeout "$seconds" "$@" <&3 &
wait $!
exit 0
