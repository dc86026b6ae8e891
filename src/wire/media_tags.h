/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a media file says of itself, as a worker tells it (MSG_WORK_TAGGED of wire/work.h): one
 * value a field, as text, and a list of markers. The layout alone; tags/tags.h reads it.
 *
 * A value is one line of UTF-8 with no control and no bidirectional override in it, so it may go
 * to a terminal as it is. Numbers are decimals with a point; times and dates are as the file has
 * them.
 */
#ifndef WIRE_MEDIA_TAGS_H
#define WIRE_MEDIA_TAGS_H

#include <stdint.h>

/* The names stand in tags/tags.c, in the same order. */
enum tag_field {
    TAG_TITLE, TAG_ARTIST, TAG_ALBUM, TAG_ALBUM_ARTIST, TAG_COMPOSER, TAG_ARRANGER, TAG_PUBLISHER, TAG_LABEL, TAG_CATALOGUE_NO,
    TAG_ISRC, TAG_ISWC, TAG_GENRE, TAG_TRACK, TAG_DATE, TAG_BPM, TAG_KEY, TAG_COMMENT, TAG_COPYRIGHT,
    /* bext, EBU Tech 3285; also from the BEXT part of iXML */
    TAG_DESCRIPTION, TAG_ORIGINATOR, TAG_ORIGINATOR_REFERENCE, TAG_ORIGINATION_DATE, TAG_ORIGINATION_TIME,
    TAG_TIME_REFERENCE,         /* frames since midnight */
    TAG_UMID,                   /* hexadecimal */
    TAG_CODING_HISTORY,
    TAG_LOUDNESS, TAG_LOUDNESS_RANGE, TAG_TRUE_PEAK, TAG_MAX_MOMENTARY, TAG_MAX_SHORT_TERM,     /* LUFS, LU, dBTP, LUFS, LUFS */
    /* cart, AES46 */
    TAG_CUT_ID, TAG_CLIENT_ID, TAG_CATEGORY, TAG_CLASSIFICATION, TAG_OUT_CUE, TAG_START_DATE, TAG_START_TIME, TAG_END_DATE,
    TAG_END_TIME, TAG_PRODUCER_APP, TAG_PRODUCER_VERSION, TAG_USER_DEF,
    TAG_LEVEL_REFERENCE,        /* the sample value of 0 dB */
    TAG_URL, TAG_TAG_TEXT,
    /* iXML */
    TAG_PROJECT, TAG_SCENE, TAG_TAKE, TAG_TAPE, TAG_CIRCLED, TAG_NOTE, TAG_FILE_UID, TAG_UBITS, TAG_TIMECODE_RATE,
    TAG_FIELDS
};

enum {
    MEDIA_TAG_BYTES = 2048,             /* of one value, with its NUL */
    MEDIA_TAG_TEXT_BYTES = 24 * 1024,   /* of all values */
    MEDIA_MARKERS_MAX = 64,
    MEDIA_MARKER_NAME_BYTES = 64,       /* with the NUL */
};

enum media_marker_source { MARKER_CUE, MARKER_CART, MARKER_IXML, MARKER_AIFF, MARKER_SHEET, MARKER_CHAPTER, MARKER_SOURCES };

struct media_marker {
    int64_t frame;                      /* of the file, from 0; may lie past its end: a file may be cut short */
    uint32_t source;                    /* enum media_marker_source */
    char name[MEDIA_MARKER_NAME_BYTES]; /* as the values are; may be "" */
};

struct media_tags {
    uint16_t at[TAG_FIELDS];            /* byte of text at which the value begins; 0: the file has no such field */
    uint16_t text_bytes;                /* used: 0, or at least 2, the first and the last one NUL */
    uint16_t markers;                   /* used, by rising frame */
    uint16_t left_out;                  /* values cut and markers dropped for want of room */
    struct media_marker marker[MEDIA_MARKERS_MAX];
    char text[MEDIA_TAG_TEXT_BYTES];    /* last: a message carries as much of it as is used */
};

#endif
