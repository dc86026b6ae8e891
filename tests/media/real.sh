#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that real encoders made: probe says of each what was made, and a render of it is its sound. What is lossless, at the
# rate of the render, is the same bit for bit past the protection of 1 ms at both ends; of the rest, the length is right and the
# difference from another decoder of the same file stays below a bound. An encoder that is not there is passed over, with a word.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

wavq() { "$TOOLS/wavq" "$@"; }
have() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || { echo "passed over: no $tool here"; return 1; }
    done
}
have sox || skip "no sox here: the sounds are made with it"
mkdir media

# probe FILE FORMAT SAMPLE RATE CHANNELS FRAMES
probe() {
    expect 0 clipgrid probe --json "media/$1"
    same "$1" "$(for name in format sample rate channels frames; do "$TOOLS/jsonq" $name <out; done | tr '\n' '/')" "$2/$3/$4/$5/$6/"
    same "the warning about $1" "$("$TOOLS/jsonq" warning <out)" ""
}
# play FILE [COMMAND [PAN [RATE]]]: renders it into out.wav. Hard left, a mono clip is as it is.
play() {
    printf 'format = "ORP2026A"; tabs = ( { clips = ( { row = 1; column = 1; id = "c"; file = "%s"; pan = %s; } ); } );\n' "$1" "${3:-0.0}" >one.orp
    echo "0 ${2:-press c}" >script
    rm -f out.wav
    expect 0 clipgrid render one.orp --commands script --out out.wav --rate "${4-48000}"
    [ ! -s err ] || fail "the render of $1 complains: $(cat err)"
}
frames_of() { wavq info "$1" | cut -d ' ' -f 1; }

# exact FILE REFERENCE CHANNELS FRAMES: bit for bit.
exact() {
    play "$1" "press c" "$([ "$3" = 1 ] && echo -1.0 || echo 0.0)"
    same "the length of $1" "$(frames_of out.wav)" "$4"
    for channel in 1 2; do
        [ "$channel" -gt "$3" ] || same "channel $channel of $1" "$(wavq apart out.wav $channel 48 "$2" $channel 48 $(($4 - 96)))" -1
    done
}
# near FILE REFERENCE DECIBELS [FRAMES]: both channels, a tenth of a second from either end on.
near() {
    play "$1"
    [ -z "${4-}" ] || same "the length of $1" "$(frames_of out.wav)" "$4"
    for channel in 1 2; do
        noise=$(wavq noise out.wav $channel 4800 "$2" $channel 4800 $(($(frames_of out.wav) - 9600)))
        [ "$noise" = -inf ] || holds "what channel $channel of $1 is off by, in dB" "$noise < $3"
    done
}

# tone FILE RATE CHANNELS BITS SECONDS: noise, so that a frame in the wrong place is a difference.
tone() { sox -D -R -n -r "$2" -c "$3" -b "$4" "$1" synth "$5" pinknoise vol 0.4; }
tone s16.wav 48000 2 16 0.5
tone s24.wav 48000 2 24 0.5
tone mono.wav 48000 1 16 0.5

# --- every width, in every container that sox makes: a 16-bit sound in a wider one is the same ---

# encoded NAME FORMAT SAMPLE SOURCE SOX-OPTIONS...
encoded() {
    name=$1 format=$2 sample=$3 source=$4
    shift 4
    sox -D "$source" "$@" "media/$name"
    probe "$name" "$format" "$sample" 48000 2 24000
    case $sample in
        '8 bit' | *-law)
            sox -D "media/$name" -b 16 -e signed decoded.wav
            exact "$name" decoded.wav 2 24000
            ;;
        *) exact "$name" "$source" 2 24000 ;;
    esac
}
encoded u8.wav WAV '8 bit' s16.wav -b 8
encoded 16.wav WAV '16 bit' s16.wav -b 16
encoded 24.wav WAV '24 bit' s24.wav -b 24
encoded 32.wav WAV '32 bit' s24.wav -b 32
encoded float.wav WAV float s24.wav -e float -b 32
encoded double.wav WAV double s24.wav -e float -b 64
encoded ulaw.wav WAV u-law s16.wav -e u-law
encoded alaw.wav WAV A-law s16.wav -e a-law
encoded 8.aiff AIFF '8 bit' s16.wav -b 8
encoded 16.aiff AIFF '16 bit' s16.wav -b 16
encoded 24.aiff AIFF '24 bit' s24.wav -b 24
encoded 32.aiff AIFF '32 bit' s24.wav -b 32
encoded 8.au AU '8 bit' s16.wav -b 8 -e signed
encoded 16.au AU '16 bit' s16.wav -b 16 -e signed
encoded 24.au AU '24 bit' s24.wav -b 24 -e signed
encoded 32.au AU '32 bit' s24.wav -b 32 -e signed
encoded float.au AU float s24.wav -b 32 -e float
encoded double.au AU double s24.wav -b 64 -e float
encoded ulaw.au AU u-law s16.wav -e u-law
encoded alaw.au AU A-law s16.wav -e a-law
cp mono.wav media/mono.wav
probe mono.wav WAV '16 bit' 48000 1 24000
exact mono.wav mono.wav 1 24000

# --- those that ffmpeg makes ---

convert() { ffmpeg -v error -nostdin -y "$@"; }
# remade NAME FORMAT SAMPLE SOURCE FFMPEG-OPTIONS...
remade() {
    name=$1 format=$2 sample=$3 source=$4
    shift 4
    convert -i "$source" "$@" "media/$name"
    probe "$name" "$format" "$sample" 48000 2 24000
    exact "$name" "$source" 2 24000
}
if have ffmpeg; then
    remade 16.caf CAF '16 bit' s16.wav -c:a pcm_s16be
    remade 24.caf CAF '24 bit' s24.wav -c:a pcm_s24le
    remade 32.caf CAF '32 bit' s24.wav -c:a pcm_s32be
    remade float.caf CAF float s24.wav -c:a pcm_f32le
    remade double.caf CAF double s24.wav -c:a pcm_f64be
    remade 16.w64 W64 '16 bit' s16.wav -c:a pcm_s16le
    remade 24.w64 W64 '24 bit' s24.wav -c:a pcm_s24le
    remade float.w64 W64 float s24.wav -c:a pcm_f32le
    remade 16.rf64 RF64 '16 bit' s16.wav -f wav -rf64 always
    remade 24.rf64 RF64 '24 bit' s24.wav -c:a pcm_s24le -f wav -rf64 always
    remade float.aiff AIFF float s24.wav -c:a pcm_f32be
    remade double.aiff AIFF double s24.wav -c:a pcm_f64be
    # Into a pipe, which cannot go back to say how long it was.
    for format in wav caf w64 au; do
        convert -i s16.wav -c:a "pcm_s16$([ $format = au ] && echo be || echo le)" -f $format - | cat >media/pipe.$format
        probe pipe.$format "$(echo $format | tr '[:lower:]' '[:upper:]')" '16 bit' 48000 2 24000
        exact pipe.$format s16.wav 2 24000
    done
fi

# --- 1 to 8 channels, 8 to 192 kHz ---

channels=3
while [ $channels -le 8 ]; do
    tone media/$channels.wav 48000 $channels 16 0.5
    probe $channels.wav WAV '16 bit' 48000 $channels 24000
    channels=$((channels + 1))
done
sox -D media/6.wav -e float -b 32 folded.wav remix 1,3v0.70710678,5v0.70710678 2,3v0.70710678,6v0.70710678
near 6.wav folded.wav -90 24000
for rate in 8000 11025 16000 22050 32000 44100 88200 96000 176400 192000; do
    sox -D -R -n -r $rate -c 2 -b 24 media/$rate.wav synth 0.5 sine 1000 sine 1234 vol 0.4
    probe $rate.wav WAV '24 bit' $rate 2 $((rate / 2))
    sox -D media/$rate.wav -e float -b 32 at48.wav rate -v 48000
    near $rate.wav at48.wav -90
    # Whole periods of 64, and up to 36 frames in which the converter of a 44.1 kHz chain ends.
    holds "the length of $rate.wav" "$(frames_of out.wav) - 24000 <= 64 + 36 && 24000 - $(frames_of out.wav) <= 3"
done

# --- FLAC ---

if have flac; then
    flac -s s16.wav -o media/16.flac
    flac -s -8 --no-seektable s24.wav -o media/24.flac 2>/dev/null
    flac -s media/6.wav -o media/6.flac 2>/dev/null
    probe 16.flac FLAC '16 bit' 48000 2 24000
    exact 16.flac s16.wav 2 24000
    probe 24.flac FLAC '24 bit' 48000 2 24000
    exact 24.flac s24.wav 2 24000
    probe 6.flac FLAC '16 bit' 48000 6 24000
    near 6.flac folded.wav -90 24000
fi

# --- lossy ones: another decoder's sound, to half a step of 16 bits or so ---

tone long.wav 48000 2 16 2
if have lame; then
    # mp3 NAME RATE CHANNELS OPTIONS...: at 48 kHz also the sound.
    mp3() {
        name=$1 rate=$2 channels=$3
        shift 3
        tone plain.wav "$rate" "$channels" 16 2
        lame --quiet "$@" plain.wav "media/$name"
        probe "$name" MP3 'MPEG layer III' "$rate" "$channels" $((rate * 2))
        [ "$rate/$channels" = 48000/2 ] || return 0
        lame --quiet --decode "media/$name" decoded.wav
        near "$name" decoded.wav -80 96000
    }
    mp3 cbr.mp3 48000 2 -b 128
    mp3 vbr.mp3 48000 2 -V 2
    mp3 abr.mp3 48000 2 --abr 160
    mp3 mono.mp3 48000 1 -b 64
    mp3 44100.mp3 44100 2 -b 128
    for rate in 24000 22050 16000 12000 8000; do mp3 $rate.mp3 $rate 2 --resample $rate; done
fi
if have oggenc oggdec; then
    oggenc -Q -q 5 long.wav -o media/long.ogg
    oggdec -Q media/long.ogg -o decoded.wav
    probe long.ogg 'Ogg Vorbis' Vorbis 48000 2 96000
    near long.ogg decoded.wav -80 96000
fi
if have opusenc opusdec; then
    opusenc --quiet long.wav media/long.opus
    opusdec --quiet --float --rate 48000 media/long.opus decoded.wav 2>/dev/null
    probe long.opus 'Ogg Opus' Opus 48000 2 96000
    near long.opus decoded.wav -80 96000
fi
if have ffmpeg; then
    convert -i long.wav -c:a aac -b:a 160k media/aac.m4a
    convert -i s24.wav -c:a alac media/alac.m4a
    convert -i long.wav -c:a wmav2 -b:a 128k media/long.wma
    if clipgrid probe media/aac.m4a 2>&1 | grep -q "need FFmpeg"; then
        echo "passed over: no decoder of M4A and WMA here"
        rm media/aac.m4a media/alac.m4a media/long.wma
    else
        probe aac.m4a M4A AAC 48000 2 96000
        convert -i media/aac.m4a -c:a pcm_f32le decoded.wav
        near aac.m4a decoded.wav -60 96000
        probe alac.m4a M4A 'ALAC 24 bit' 48000 2 24000
        exact alac.m4a s24.wav 2 24000
        convert -i media/long.wma -c:a pcm_f32le decoded.wav
        # Nothing tells of the silence before WMA's sound: its encoder's 2048 frames are played. Compared with what was encoded.
        play long.wma
        holds "what long.wma is off by, in dB" "$(wavq noise out.wav 1 $((4800 + 2048)) long.wav 1 4800 80000) < -30"
    fi
fi

# --- odd chunks ---

# shellcheck disable=SC2059  # bytes by their numbers
le32() { for shift in 0 8 16 24; do printf "\\$(printf %o $((($1 >> shift) & 255)))"; done; }
# chunk NAME FILE
chunk() {
    bytes=$(wc -c <"$2")
    printf %s "$1"
    le32 "$bytes"
    cat "$2"
    [ $((bytes % 2)) = 0 ] || printf '\0'
}
# riff FILE: of the chunks on stdin.
riff() {
    cat >body
    { printf RIFF; le32 $(($(wc -c <body) + 4)); printf WAVE; cat body; } >"$1"
}
# field BYTES TEXT: filled up with zeros.
field() { printf %s "$2"; head -c $(($1 - ${#2})) /dev/zero; }
{ printf '\001\000\002\000'; le32 48000; le32 192000; printf '\004\000\020\000'; } >fmt
sox s16.wav -t raw data
field 7 strange >odd
field 100 "" >pad
printf 'INFOINAM\005\000\000\000Rain\000\000' >list
{ field 256 "The rain"; field 32 "Somebody"; field 314 "2026"; } >bext
{ field 4 0101; field 64 "Rain, heavy"; field 64 "Somebody"; field 1916 ""; } >cart
{ chunk 'fmt ' fmt; chunk 'wild' odd; chunk 'PAD ' pad; chunk data data; chunk LIST list; } | riff media/odd.wav
probe odd.wav WAV '16 bit' 48000 2 24000
same "the title of odd.wav" "$("$TOOLS/jsonq" tags.title <out)" Rain
exact odd.wav s16.wav 2 24000
{ chunk bext bext; chunk 'fmt ' fmt; chunk cart cart; chunk data data; } | riff media/bwf.wav
probe bwf.wav WAV '16 bit' 48000 2 24000
for words in "The rain" "Rain, heavy"; do grep -q "$words" out || fail "bext or cart are not read: $(cat out)"; done
exact bwf.wav s16.wav 2 24000

# --- no sound, one frame, ten hours ---

: >nothing
{ chunk 'fmt ' fmt; chunk data nothing; } | riff media/none.wav
expect 1 clipgrid probe media/none.wav
expect_err "holds no sound"
head -c 4 data >frame
{ chunk 'fmt ' fmt; chunk data frame; } | riff media/frame.wav
probe frame.wav WAV '16 bit' 48000 2 1
play frame.wav
same "one frame, as long as a period of the render" "$(frames_of out.wav)" 64
holds "the frames of it that sound" "$(wavq last out.wav 1 0 -1) < 1"

hours=$((36000 * 44100))
{ printf RIFF; le32 $((hours * 2 + 36)); printf 'WAVEfmt '; le32 16; printf '\001\000\001\000'; le32 44100; le32 88200
  printf '\002\000\020\000data'; le32 $((hours * 2)); } >media/hours.wav
truncate -s $((44 + hours * 2 - 44100)) media/hours.wav
tone end.wav 44100 1 16 0.5
sox end.wav -t raw - >>media/hours.wav
probe hours.wav WAV '16 bit' 44100 1 $hours
play hours.wav "play c at 35990" -1.0 44100
holds "the end of ten hours" "441000 <= $(frames_of out.wav) && $(frames_of out.wav) < 441000 + 64"
same "its silence" "$(wavq first out.wav 1 0 -1 | awk '{ print ($1 >= 418950) }')" 1
same "its sound" "$(wavq apart out.wav 1 418950 end.wav 1 0 22005)" -1

# --- cut short: at 30, 60 and 95 % ---

tone six.wav 48000 2 16 6
for file in 16.wav 24.rf64 24.w64 16.aiff 24.caf 16.au 16.flac cbr.mp3 vbr.mp3 long.ogg long.opus alac.m4a long.wma; do
    [ -s media/$file ] || continue
    cp media/$file whole.${file##*.}
    case $file in
        long.ogg) oggenc -Q -q 5 six.wav -o whole.ogg ;;           # a page, which is there whole or not at all, holds a second
        long.opus) opusenc --quiet six.wav whole.opus ;;
    esac
    [ $file != alac.m4a ] || convert -i s24.wav -c:a alac -movflags +faststart whole.m4a
    for percent in 30 60 95; do
        head -c $(($(wc -c <whole.${file##*.}) * percent / 100)) whole.${file##*.} >media/cut.${file##*.}
        expect 0 clipgrid probe --json media/cut.${file##*.}
        "$TOOLS/jsonq" warning <out | grep -q '^cut short: ' || fail "nothing is said of $file cut at $percent %: $(cat out)"
    done
done
