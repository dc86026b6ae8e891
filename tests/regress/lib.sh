# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What every script of tests/regress begins with: . "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
#
# A script gets a folder of its own ($work), a socket of its own, empty XDG folders, and what it started is ended when it
# leaves, however it leaves; KEEP=FOLDER keeps there what one that failed had in it. It ends at the first thing that is not as
# expected and says what that was. `make check` gives CLIPGRID (the program), TOP (the tree) and TOOLS (tests/tools as built); by
# hand they are those of build/.
set -eu

TOP=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
CLIPGRID=${CLIPGRID:-$TOP/build/clipgrid}
TOOLS=${TOOLS:-$TOP/build/tests/tools}
work=$(mktemp -d /tmp/clipgrid-test-XXXXXX)     # short: the name of a socket has 107 bytes at most
export HOME="$work" XDG_CONFIG_HOME="$work/config" XDG_CACHE_HOME="$work/cache" XDG_STATE_HOME="$work/state"
export CLIPGRID_SOCKET="$work/socket" TMUX_TMPDIR="$work" LC_ALL=C.UTF-8
unset TMUX NO_COLOR ALSA_CONFIG_PATH
mkdir -p "$XDG_CONFIG_HOME/clipgrid"
echo 'load_ceiling = 0;' >"$XDG_CONFIG_HOME/clipgrid/clipgrid.conf"  # others may use all of the machine meanwhile
children=
screens=0
cd "$work"

# --- how a script ends ---

fail() { echo "FAIL: $*" >&2; exit 1; }
skip() { echo "SKIP: $*"; exit 77; }

show_pids() { clipgrid status --json 2>/dev/null | tr ',' '\n' | sed -n 's/.*"supervisor": *\([0-9]*\).*/\1/p'; }

# What was started long ago may be gone, and its number another process's by now.
is_ours() { tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" | grep -qx "HOME=$work"; }

finish() {
    status=$?
    trap - EXIT
    set +e
    if [ "$status" != 0 ] && [ "$status" != 77 ]; then
        for log in "$work"/*.log "$work/out" "$work/err"; do
            [ -s "$log" ] && { echo "--- ${log##*/}"; tail -n 40 "$log"; } >&2
        done
        [ -z "${KEEP-}" ] || cp -r "$work" "$KEEP"
    fi
    children="$children $(show_pids)"
    while [ "$screens" -gt 0 ]; do
        tm kill-server 2>/dev/null
        screens=$((screens - 1))
    done
    for pid in $children; do is_ours "$pid" && kill "$pid" 2>/dev/null; done
    for pid in $children; do is_ours "$pid" && { wait_until 5 is_gone "$pid" || kill -9 "$pid"; }; done
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

# --- the program ---

clipgrid() { "$CLIPGRID" "$@"; }
ctl() { "$CLIPGRID" ctl "$@"; }

# expect STATUS COMMAND...: runs it, with $input as its input; its output is in $work/out and $work/err.
input=/dev/null
expect() {
    wanted=$1
    shift
    got=0
    "$@" >"$work/out" 2>"$work/err" <"$input" || got=$?
    [ "$got" = "$wanted" ] || fail "exit status $got, not $wanted: $*"
}
# What the last `expect` printed: exactly this; or, on stderr, one line that has this in it and nothing on stdout.
expect_out() { [ "$(cat "$work/out")" = "$1" ] || fail "not the output '$1'"; }
expect_err() {
    [ "$(wc -l <"$work/err")" = 1 ] || fail "$(wc -l <"$work/err") lines on stderr, not one"
    grep -qF -- "$1" "$work/err" || fail "stderr does not say '$1'"
    [ ! -s "$work/out" ] || fail "something on stdout"
}
# same WHAT GOT WANTED
same() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
# holds WHAT AWK-CONDITION: for numbers that may be fractions.
holds() { awk "BEGIN { exit !($2) }" || fail "$1: not $2"; }

is_gone() { ! kill -0 "$1" 2>/dev/null; }
# wait_until SECONDS COMMAND...: tries until it succeeds; its status is whether it did.
wait_until() {
    tries=$(($1 * 20))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# --- a show ---

answers() { ctl status >/dev/null 2>&1; }

# show_start FILE [OPTIONS]: runs it on the clock, without a screen, until it answers.
show_start() {
    file=$1
    shift
    case " $* " in
        *' --device '*) ;;
        *) set -- "$@" --device clock ;;
    esac
    : >"$work/run.log"                  # what the one before still says stands behind this, not in the middle of nothing
    "$CLIPGRID" run "$file" "$@" >>"$work/run.log" 2>&1 </dev/null &
    show_pid=$!
    children="$children $show_pid"
    wait_until 20 answers || fail "the show does not answer"
}
# Asks it to quit; its exit status has to be 0.
show_stop() {
    expect 0 ctl quit
    wait "$show_pid" || fail "the show ended with status $?"
}
# json PATH: of status --json.
json() { clipgrid status --json | "$TOOLS/jsonq" "$1"; }
# pid_of ROLE: the number of a process of the show, once that is known; never 0, by which kill means everybody.
pid_of() {
    for _ in $(seq 200); do
        found=$(json "pids.$1" 2>/dev/null) && [ "${found:-0}" -gt 0 ] 2>/dev/null && echo "$found" && return
        sleep 0.05
    done
    fail "no $1 is known"
}
# The states of the voices of a clip, in order of firing, on one line; "unanswered" if the show does not tell, which is not silence.
states() {
    clipgrid status | awk -v id="$1" 'NR > 1 && $2 == id { line = line sep $3; sep = " " } END { print NR ? line : "unanswered" }'
}
is_state() { [ "$(states "$1")" = "$2" ]; }

is_loaded() { [ "$(json loading) $(json media.idle)" = "0 true" ]; }

# events_watch: what happens from now on is told in $work/events, so that a test need not look at the right moment. Of the
# demo show, with nothing sounding: a refusal says that somebody listens.
events_watch() {
    : >"$work/events"
    "$CLIPGRID" ctl idle >"$work/events" 2>/dev/null </dev/null &
    children="$children $!"
    is_told() { ctl release rain >/dev/null || grep -q refused "$work/events"; }
    wait_until 20 is_told || fail "nobody tells of events"
}
# happened PATTERN: waits for an event, such as 'end choke [^ ]* rain '.
happened() { wait_until 20 grep -q -- "$1" "$work/events" || fail "it never happens: $1: $(cat "$work/events")"; }

# demo: the demo show, in $work/demo.
demo() { clipgrid demo "$work/demo" >/dev/null; }

# --- a screen, in a terminal of its own ---

tm() { tmux -u -f /dev/null -L "screen$screens" "$@"; }
# screen_start COLUMNS ROWS COMMAND...: a new terminal server each time; the calls below mean the last.
screen_start() {
    columns=$1 rows=$2
    shift 2
    screens=$((screens + 1))
    tm new-session -d -x "$columns" -y "$rows" "$*; status=\$?; printf '\\r\\nleft with %s\\r\\n' \$status; exec sleep 1000"
}
# The process that the terminal runs: the child of its shell.
screen_pid() {
    shell=$(tm display-message -p '#{pane_pid}')
    tr -d ' ' <"/proc/$shell/task/$shell/children"
}
screen_keys() { tm send-keys "$@"; }
screen_text() { tm capture-pane -p; }
screen_has() { screen_text | grep -q -- "$1"; }
# screen_wait PATTERN [SECONDS]
screen_wait() { wait_until "${2:-10}" screen_has "$1" || { screen_text >&2; fail "the screen never shows '$1'"; }; }
