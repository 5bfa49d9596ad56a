#!/bin/sh
# watchdog.sh SESSION : waits until its parent is gone, however it went (standard input ends), then
# ends every process group of the session and removes the session's data. Also run to reap a stale
# session.
session=$1
here=${0%/*}

while IFS= read -r _; do :; done

[ -d "$session" ] || exit 0
: >"$session/ending" 2>/dev/null

while IFS='	' read -r pid start _; do
  case $pid in '' | *[!0-9]*) continue ;; esac
  [ "$pid" -gt 1 ] && [ -n "$start" ] || continue
  if [ "$(sh "$here/start-time.sh" "$pid")" = "$start" ]; then
    kill -KILL "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
  fi
done 2>/dev/null <"$session/processes"

rm -rf "$session/data"
: >"$session/closed"
