#!/bin/sh
# start-time.sh PID : when the process began, in a form that only has to be compared; empty when it
# is gone.
# Linux: clock ticks since boot (exact). Elsewhere: ps, to the second.
if [ -d /proc/self ] && [ -r /proc/self/stat ]; then
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || exit 0
  # The name in parentheses may hold spaces: count from the last one. Field 22 of proc(5) is the
  # start.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  # A zombie is gone: it holds no port and only waits to be collected.
  [ "$1" = Z ] || printf '%s\n' "${20}"
else
  LC_ALL=C TZ=UTC ps -o lstart= -p "$1" 2>/dev/null | sed 's/^ *//; s/ *$//'
fi
