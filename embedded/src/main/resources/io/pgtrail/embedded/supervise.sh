# Runs one server and stops it when our standard input ends: that happens when the program that
# started us closes it and also when that program is killed, so the server never outlives it.
#
#   $1     log file of the server
#   $2     directory to delete after a stop that nobody ordered; empty: none
#   $3...  command line of the server
#
# Input: "stop", or just the end. Output: the process id of the server.
log=$1
remove=$2
shift 2
trap '' HUP INT TERM
exec 3<&0

"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
echo "$server"

(
  trap - TERM
  order=
  read -r order <&3
  trap '' TERM
  waited=0
  while kill -0 "$server" 2>/dev/null; do
    case $waited in
      0) kill -INT "$server" ;;    # fast: roll back, check point, end
      100) kill -QUIT "$server" ;; # immediate: end now, recover at the next start
      150) kill -KILL "$server" ;;
    esac
    waited=$((waited + 1))
    sleep 0.1
  done 2>/dev/null
  [ "$order" = stop ] || exit 7
) >/dev/null &
stopper=$!

wait "$server"
kill "$stopper" 2>/dev/null
wait "$stopper" 2>/dev/null
if [ $? -eq 7 ] && [ -n "$remove" ]; then
  rm -rf "$remove"
fi
