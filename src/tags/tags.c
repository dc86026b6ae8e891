/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and values of metadata: see tags.h. */
#include "config.h"

#include "tags/tags.h"

#include <string.h>

static const char *const names[TAG_FIELDS] = {
    [TAG_TITLE] = "title", [TAG_ARTIST] = "artist", [TAG_ALBUM] = "album", [TAG_ALBUM_ARTIST] = "album_artist",
    [TAG_COMPOSER] = "composer", [TAG_ARRANGER] = "arranger", [TAG_PUBLISHER] = "publisher", [TAG_LABEL] = "label",
    [TAG_CATALOGUE_NO] = "catalogue_no", [TAG_ISRC] = "isrc", [TAG_ISWC] = "iswc", [TAG_GENRE] = "genre", [TAG_TRACK] = "track",
    [TAG_DATE] = "date", [TAG_BPM] = "bpm", [TAG_KEY] = "key", [TAG_COMMENT] = "comment", [TAG_COPYRIGHT] = "copyright",
    [TAG_DESCRIPTION] = "description", [TAG_ORIGINATOR] = "originator", [TAG_ORIGINATOR_REFERENCE] = "originator_reference",
    [TAG_ORIGINATION_DATE] = "origination_date", [TAG_ORIGINATION_TIME] = "origination_time",
    [TAG_TIME_REFERENCE] = "time_reference", [TAG_UMID] = "umid", [TAG_CODING_HISTORY] = "coding_history",
    [TAG_LOUDNESS] = "loudness", [TAG_LOUDNESS_RANGE] = "loudness_range", [TAG_TRUE_PEAK] = "true_peak",
    [TAG_MAX_MOMENTARY] = "max_momentary", [TAG_MAX_SHORT_TERM] = "max_short_term",
    [TAG_CUT_ID] = "cut_id", [TAG_CLIENT_ID] = "client_id", [TAG_CATEGORY] = "category", [TAG_CLASSIFICATION] = "classification",
    [TAG_OUT_CUE] = "out_cue", [TAG_START_DATE] = "start_date", [TAG_START_TIME] = "start_time", [TAG_END_DATE] = "end_date",
    [TAG_END_TIME] = "end_time", [TAG_PRODUCER_APP] = "producer_app", [TAG_PRODUCER_VERSION] = "producer_version",
    [TAG_USER_DEF] = "user_def", [TAG_LEVEL_REFERENCE] = "level_reference", [TAG_URL] = "url", [TAG_TAG_TEXT] = "tag_text",
    [TAG_PROJECT] = "project", [TAG_SCENE] = "scene", [TAG_TAKE] = "take", [TAG_TAPE] = "tape", [TAG_CIRCLED] = "circled",
    [TAG_NOTE] = "note", [TAG_FILE_UID] = "file_uid", [TAG_UBITS] = "ubits", [TAG_TIMECODE_RATE] = "timecode_rate",
};

const char *tags_name(enum tag_field field)
{
    return names[field];
}

int tags_field(const char *name)
{
    for (int i = 0; i < TAG_FIELDS; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

const char *tags_get(const struct media_tags *tags, enum tag_field field)
{
    return tags->text + tags->at[field];
}

const char *tags_marker_source(const struct media_marker *marker)
{
    static const char *const sources[MARKER_SOURCES] = {"cue", "cart", "ixml", "aiff", "sheet", "chapter"};
    return sources[marker->source];
}
