#!/bin/sh
# run-recorded.sh SESSION NAME COMMAND… : writes down who it is, then becomes the command.
# The process records itself before it exists as a server, so a parent that dies in between leaks
# nothing: the watchdog marks the session as ending and then reads the record; here it is the other
# way round.
session=$1
name=$2
shift 2
start=$(sh "${0%/*}/start-time.sh" "$$")
printf '%s\t%s\t%s\n' "$$" "$start" "$name" >>"$session/processes" || exit 125
if [ -e "$session/ending" ]; then
  exit 125
fi
exec "$@"
