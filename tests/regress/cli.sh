#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line: what each call answers when there is nothing to answer for, and one line for each wrong one.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

expect 0 clipgrid --version
expect_out "clipgrid 0.1.0"
expect 0 clipgrid --help
# Every sentence of an option begins in the same column, however long the option's name is.
[ "$(grep -- '^  -' out | cut -c24 | sort -u)" = ' ' ] || fail "--help: a name or value reaches into the sentences"
grep -- '^  -' out | cut -c25 | grep -q '[^a-zA-Z]' && fail "--help: a sentence is out of its column"
for word in run attach ctl status check render probe demo --socket --device --rate --period; do
    grep -q -- "$word" out || fail "--help does not know $word"
done

# wrong SAID ARGUMENT...: one line on stderr that has SAID in it, exit status 2, nothing done.
wrong() {
    said=$1
    shift
    expect 2 clipgrid "$@"
    expect_err "$said"
}
wrong frobnicate --frobnicate
wrong --frob run demo.orp --frob
wrong usage run
wrong usage run a b
wrong usage x y z
wrong usage check
wrong usage probe
wrong usage demo a b
wrong --json demo --json
wrong --rate run x.orp --rate many
wrong --rate run x.orp --rate 7
wrong --period run x.orp --period 0
wrong --period run x.orp --period
wrong --role attach --role king
wrong --commands render x.orp --out y.wav
wrong --out render x.orp --commands y
wrong --format render x.orp --commands y --out z.wav --format mp3
wrong --dither render x.orp --commands y --out z.wav --dither maybe
wrong --seconds render x.orp --commands y --out z.wav --seconds soon
[ "$(ls)" = "$(printf 'config\nerr\nout')" ] || fail "something was made: $(ls)"

# No such show: a file that is not there is no usage error.
expect 1 clipgrid no-such-file
expect_err "no-such-file: no such show"
expect 1 clipgrid run no/such/file.orp
expect_err "no/such/file.orp: no such show"
expect 2 clipgrid check no-such-file
grep -q "no-such-file: no such show" out || fail "check does not name it"
: >script
expect 1 clipgrid render no-such-file --commands script --out y.wav
expect_err "no-such-file: no such show"
expect 1 clipgrid probe no-such.wav
grep -q no-such.wav out err || fail "probe does not name it"

# Nobody there: exit 2.
expect 2 clipgrid status
expect_err "no show"
expect 2 clipgrid status --json
expect 2 clipgrid ctl panic
expect_err "no show"
expect 2 clipgrid attach
expect_err "no show"
expect 2 clipgrid ctl --socket "$work/elsewhere" panic
expect_err "$work/elsewhere"

# A configuration that is wrong is said with file and line, whatever is asked for that needs one.
mkdir -p config/clipgrid
echo 'device = 3;' >config/clipgrid/clipgrid.conf
expect 1 clipgrid run no-such-file
expect_err "clipgrid.conf:1: device"
rm config/clipgrid/clipgrid.conf

# An option at the end that wants a value; a name that would speak to the terminal.
expect 2 clipgrid --socket
expect_err "--socket wants a value"
expect 1 clipgrid "$(printf 'no\033[31m\nsuch')"
expect_err "no such show"
if grep -q "$(printf '\033')" err; then fail "an escape sequence reaches the terminal"; fi
