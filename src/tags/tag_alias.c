/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that people and programs give to fields where any name may stand: Vorbis comments, TXXX frames. */
#include "config.h"

#include "tags/tag_parsers.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    enum tag_field field;
} aliases[] = {
    {"TITLE", TAG_TITLE}, {"ARTIST", TAG_ARTIST}, {"ALBUM", TAG_ALBUM}, {"ALBUMARTIST", TAG_ALBUM_ARTIST},
    {"ALBUM ARTIST", TAG_ALBUM_ARTIST}, {"COMPOSER", TAG_COMPOSER}, {"ARRANGER", TAG_ARRANGER}, {"PUBLISHER", TAG_PUBLISHER},
    {"LABEL", TAG_LABEL},
    {"ORGANIZATION", TAG_LABEL},
    {"CATALOGNUMBER", TAG_CATALOGUE_NO}, {"CATALOGUENUMBER", TAG_CATALOGUE_NO}, {"CATALOG NUMBER", TAG_CATALOGUE_NO},
    {"LABELNO", TAG_CATALOGUE_NO}, {"ISRC", TAG_ISRC}, {"ISWC", TAG_ISWC}, {"GENRE", TAG_GENRE}, {"TRACKNUMBER", TAG_TRACK},
    {"TRACK", TAG_TRACK}, {"DATE", TAG_DATE}, {"YEAR", TAG_DATE}, {"BPM", TAG_BPM}, {"TEMPO", TAG_BPM}, {"KEY", TAG_KEY},
    {"INITIALKEY", TAG_KEY}, {"INITIAL KEY", TAG_KEY}, {"COMMENT", TAG_COMMENT}, {"DESCRIPTION", TAG_DESCRIPTION},
    {"COPYRIGHT", TAG_COPYRIGHT}, {"ENCODED-BY", TAG_ORIGINATOR}, {"PROJECT", TAG_PROJECT}, {"SCENE", TAG_SCENE},
    {"TAKE", TAG_TAKE},
    {"TIME_REFERENCE", TAG_TIME_REFERENCE}, {"CODING_HISTORY", TAG_CODING_HISTORY}, {"ORIGINATOR", TAG_ORIGINATOR},
    {"ORIGINATOR_REFERENCE", TAG_ORIGINATOR_REFERENCE}, {"UMID", TAG_UMID},
};

int tag_alias_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strlen(aliases[i].name) == length && !strncasecmp(aliases[i].name, name, length))
            return (int)aliases[i].field;
    return -1;
}
