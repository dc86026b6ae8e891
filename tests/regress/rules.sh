#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The tree keeps its rooms and the audio thread its promises; and the checks that say so can say no.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

expect 0 "$TOP/contrib/check-rooms" "$TOP"

# HACKING and README speak of files that are there, and of every room.
for name in $(cat "$TOP/HACKING" "$TOP/README" | grep -oE '(src|tests|contrib|conf|man)/[A-Za-z0-9_./*-]*[A-Za-z0-9]' | sort -u); do
    # shellcheck disable=SC2086  # a pattern may stand for several
    ls -d "$TOP"/$name >/dev/null 2>&1 || fail "HACKING or README speak of $name"
done
for room in $(sed -n 's/^room \([a-z]*\) .*/\1/p' "$TOP/src/ROOMS"); do
    grep -q "^$room  " "$TOP/HACKING" || fail "HACKING does not know the room $room"
done

# file PATH LINE...: a file of a small tree, with its licence line.
file() {
    path=tree/$1
    shift
    mkdir -p "$(dirname "$path")"
    printf '%s\n' '// SPDX-License-Identifier: GPL-3.0-or-later' "$@" >"$path"
}
# breach TEXT: the tree is refused, and for this.
breach() {
    expect 1 "$TOP/contrib/check-rooms" tree
    grep -qF -- "$1" out || fail "not said: $1"
    same "breaches" "$(grep -c '^src' out)" 1
}
file src/ROOMS 'room low :' 'room high : low' 'lord fine.h : high/a.c' 'libc : stdio.h'
file src/low/b.h
file src/high/a.c '#include "config.h"' '#include "low/b.h"' '#include <fine.h>' '#include <stdio.h>'
expect 0 "$TOP/contrib/check-rooms" tree
file src/low/c.c '#include "config.h"' '#include "high/a.h"'
breach 'src/low/c.c:3: low may not look into high (high/a.h)'
file src/low/c.c '#include "config.h"' '#include <fine.h>'
breach 'only high/a.c includes <fine.h>'
file src/low/c.c '#include "config.h"' '#include <alien.h>'
breach '<alien.h> has neither a lord nor a place'
file src/low/c.c '#include <stdio.h>' '#include "low/b.h"'
breach 'config.h comes first'
file src/low/c.c '#include "config.h"' '#include "b.h"'
breach '"b.h" does not name a room'
file src/low/c.c '#include "config.h"'
file src/low/b.h '#include "config.h"'
breach 'config.h is for .c files'
file src/low/b.h
file src/high/b.h
breach 'b is also the name of a file in'

# The same for the audio thread: what a function ending in _rt calls, also by way of a static helper.
for tool in cc ar nm objdump; do
    command -v $tool >/dev/null || skip "no $tool here"
done
mkdir built
for library in pcm platform wire clipmem engine; do ar cr "built/lib$library.a"; done
# compile BODY: librt.a is made of this
compile() {
    printf '%s\n' '#include <stdlib.h>' '#include <string.h>' "$@" >rt.c
    cc -O2 -c rt.c
    rm -f built/librt.a
    ar cr built/librt.a rt.o
}
compile 'void other_rt(void *);' 'void good_rt(char *to, char *from, size_t n) { memcpy(to, from, n); other_rt(to); }'
expect 0 "$TOP/contrib/check-rt" built
compile 'void *bad_rt(size_t n) { return malloc(n + 1); }'
expect 1 "$TOP/contrib/check-rt" built
grep -q 'rt.o: bad_rt calls malloc' out || fail "malloc passes"
compile '__attribute__((noinline)) static int help(int n) { return n + rand(); }' 'int sly_rt(int n) { return help(n) * 2; }'
expect 1 "$TOP/contrib/check-rt" built
grep -q 'rt.o: sly_rt (by way of help) calls rand' out || fail "a helper passes"

if nm "$TOOLS/../../librt.a" | grep -q 'U __[at]san_'; then
    echo "a sanitizer's calls are in this build: its symbols are not looked at"
else
    expect 0 "$TOP/contrib/check-rt" "$TOOLS/../.."
fi
