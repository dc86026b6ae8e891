#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages agree with the program, and the check that says so can say no.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

command -v mandoc >/dev/null || skip "no mandoc here"
expect 0 "$TOP/contrib/check-man" "$TOOLS/../.."

# changed PAGE SED SAID: a page changed so is found out.
changed() {
    rm -rf pages
    mkdir pages
    cp "$TOP"/man/*.[1-8] pages
    chmod -R u+w pages
    sed "$2" "$TOP/man/$1" >"pages/$1"
    expect 1 "$TOP/contrib/check-man" "$TOOLS/../.." pages
    grep -q -- "$3" out || fail "not found out: $2"
}
changed clipgrid.1 's/^\.It Ic panic$/.It Ic panik/' 'the tables are old'
changed clipgrid.5 '/^\.It Ic fade_end$/,+2d' 'the tables are old'
changed clipgrid.1 's/-period Ar N/-perioden Ar N/' 'does not know --period$'
changed clipgrid.1 '/^\.It Fl -plain/d' 'does not know --plain'
changed clipgrid.1 '/^\.It Nm Cm probe/,/^Tells/d; /^\.Cm probe/d' 'does not know clipgrid probe'
changed clipgrid.7 's/^\.Sh PANIC/.Sh/' 'mandoc has something'
