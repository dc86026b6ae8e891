#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the examples of the manual, from top to bottom in one shell a page, and holds the answers to what the pages print. In a
# literal block `$ ` begins a command, `> ` goes on with it, other lines are its output; `...` stands for anything.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

mkdir bin
ln -s "$CLIPGRID" bin/clipgrid
unset -f clipgrid
PATH="$work/bin:$PATH"

# Prints what of `wanted` is not in `answer`, line by line.
compare() {
    awk '
        function pattern(text) {
            gsub(/[][\\.^$*+?(){}|]/, "\\\\&", text)
            gsub(/\\\.\\\.\\\./, ".*", text)
            return "^" text "$"
        }
        NR == FNR { wanted[NR] = $0; lines = NR; next }
        FNR > lines { print "  more: " $0; wrong = 1; next }
        { seen = FNR }
        $0 !~ pattern(wanted[FNR]) { print "  wanted: " wanted[FNR]; print "  got:    " $0; wrong = 1 }
        END {
            for (i = seen + 1; i <= lines; i++) { print "  missing: " wanted[i]; wrong = 1 }
            exit wrong
        }' wanted answer
}

command=
status=0
examples=0
run_command() {
    [ -n "$command" ] || return 0
    eval "(exit $status)
$command" >answer 2>&1 </dev/null && status=0 || status=$?
    compare >differences || fail "$page: $command
$(cat differences)"
    examples=$((examples + 1))
    # What follows a start is the page's next line at once; a person is slower, and the media are there by then.
    case $command in
        *'clipgrid run'*) wait_until 20 is_loaded || true ;;
    esac
}

for page in clipgrid.1 clipgrid-examples.7; do
    mkdir "in-$page"
    cd "in-$page"
    : >wanted
    sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$TOP/man/$page" | sed '/^\.Bd/d; s/^\.Ed$/$ /; s/\\e/\\/g' >script
    while IFS= read -r line <&3; do
        case $line in
            '$ '*)
                run_command
                command=${line#'$ '}
                : >wanted
                ;;
            '> '*)
                command="$command
${line#'> '}"
                ;;
            *)
                printf '%s\n' "$line" >>wanted
                ;;
        esac
    done 3<script
    run_command
    command=
    cd ..
done
[ "$examples" -gt 20 ] || fail "only $examples examples"
