#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Media that the world made: the sounds of Debian packages, fetched by apt-get where there is one, into a folder of this test's own.
# Every file is probed, decoded to its end and loaded into a show; each is read whole, or refused in words, and no decoder dies of
# one. MEDIA_PACKAGES names others than the small ones that are taken by themselves.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip "no apt-get and dpkg-deb here"
command -v python3 >/dev/null || skip "no python3"
packages=${MEDIA_PACKAGES:-alsa-utils libpython3.11-testsuite lmms-common sound-theme-freedesktop supercollider-common yaru-theme-sound}
mkdir -p fetched show/media
fetched=
for package in $packages; do
    (cd fetched && timeout 300 apt-get -qq download "$package") >/dev/null 2>&1 || { echo "passed over: $package cannot be fetched"; continue; }
    dpkg-deb -x fetched/"$package"_*.deb "show/media/$package"
    fetched="$fetched $package"
done
[ -n "$fetched" ] || skip "no package can be fetched"

# One list of all that are sounds by their names, and what is said of each.
find show/media -type f | grep -iE '\.(wav|aiff?|aifc|au|flac|ogg|oga|opus|mp3|m4a|wma)$' | sort >files
tr '\n' '\0' <files | xargs -0 -n 200 "$CLIPGRID" probe --json >probed 2>err || true
tr '\n' '\0' <files | xargs -0 -n 200 "$CLIPGRID" peaks --json >measured 2>err || true
python3 - <<'END' || fail "not all are read or refused in words"
import collections, json
files = open('files').read().splitlines()
probed = {one['file']: one for one in map(json.loads, open('probed'))}
measured = {one['file']: one for one in map(json.loads, open('measured'))}
bad = 0
counts = collections.defaultdict(lambda: [0, 0])
clips = []
def wrong(file, what):
    global bad
    bad += 1
    if bad <= 20:
        print(f'{file}: {what}')
for file in files:
    package, one, whole = file.split('/')[2], probed.get(file), measured.get(file)
    counts[package][0] += 1
    if one is None or whole is None:
        wrong(file, 'nothing is said of it')
    elif 'error' in one:
        if not one['error'].startswith(file + ': ') or any(word in one['error'] for word in ('signal', 'died', 'killed', 'ended')):
            wrong(file, 'refused as: ' + one['error'])
        print('refused:', one['error'])
    else:
        counts[package][1] += 1
        clips.append(file)
        if 'error' in whole:
            wrong(file, 'does not decode: ' + whole['error'])
        elif whole['frames'] != one['frames'] and not one['warning']:
            wrong(file, f"{one['frames']} frames are told, {whole['frames']} are there")
for package, (there, read) in counts.items():
    print(f'{package}: {read} of {there} files are read')
    if read * 10 < there * 9:
        wrong(package, 'more than one in ten is refused')
with open('show/show.orp', 'w') as out:
    out.write('format = "ORP2026A"; tabs = ( ')
    for tab in range(0, min(len(clips), 10240), 1280):
        rows = ', '.join('{ row = %d; column = %d; file = %s; }' % (i // 40 + 1, i % 40 + 1, json.dumps(file[len('show/media/'):], ensure_ascii=False))
                         for i, file in enumerate(clips[tab:tab + 1280]))
        out.write((', ' if tab else '') + '{ rows = 32; columns = 40; clips = ( ' + rows + ' ); }')
    out.write(' );\n')
raise SystemExit(bad > 0)
END

show_start show/show.orp
wait_until 120 is_loaded || fail "they do not load: $(json loading) left"
clipgrid check show/show.orp --device "file:$work/none.wav" --json >out || true
! grep -q '"level":"error"' out || fail "the show has errors: $(grep -o '"text":"[^"]*"' out | head -n 3)"
expect 0 ctl press 1/1/1
show_stop
