/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parsers of metadata, a tag_*.c each, and the walkers that find the parts of a file for
 * them. Only workers call them, for every byte is an enemy's. A parser is a pure function of
 * (bytes, count): it takes what is whole and leaves out what is not; nothing is an error. A walker
 * reads with pread, at most TAG_PART_BYTES_MAX of a part.
 */
#ifndef TAGS_TAG_PARSERS_H
#define TAGS_TAG_PARSERS_H

#include "tags/tag_sink.h"

enum { TAG_PART_BYTES_MAX = 8 << 20 };

void tag_bext_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);   /* EBU Tech 3285, versions 0 to 2 */
void tag_cart_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);   /* AES46; post timers become markers */
void tag_ixml_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);
/* a LIST chunk of type INFO, after that word */
void tag_info_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);
void tag_aiff_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);   /* the MARK chunk */
void tag_id3v1_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);  /* the last 128 bytes of a file */
/* versions 2.2 to 2.4, from its head on; chapters */
void tag_id3v2_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);
void tag_vorbis_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink); /* from the maker's name on */
void tag_flac_parse_sheet(const unsigned char *bytes, size_t count, struct tag_sink *sink); /* a CUESHEET block */
void tag_mp4_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);    /* what an ilst box holds */
void tag_mp4_parse_chapters(const unsigned char *bytes, size_t count, struct tag_sink *sink); /* what a chpl box holds */
void tag_asf_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink);    /* the header object, from its GUID on */
/* A cue chunk, and a LIST chunk of type adtl, after that word: markers and their names. */
void tag_cue_parse(const unsigned char *cue, size_t cue_count, const unsigned char *adtl, size_t adtl_count,
                   struct tag_sink *sink);

/* Return: bytes of an ID3v2 tag with its head (and footer), by the 10 bytes at its beginning; 0: it is none. */
uint64_t tag_id3v2_bytes(const unsigned char *head);
/* Return: the field (enum tag_field) that people mean by such a name, in any case; -1: none. */
int tag_alias_find(const char *name, size_t length);

/* Walkers. The file is of the kind they are for: its first bytes have been looked at. */
void tag_riff_read(int fd, struct tag_sink *sink);                  /* RIFF, RF64, RIFX and AIFF */
void tag_flac_read(int fd, int64_t start, struct tag_sink *sink);   /* start: byte of "fLaC" */
void tag_ogg_read(int fd, struct tag_sink *sink);
void tag_mp4_read(int fd, struct tag_sink *sink);
void tag_asf_read(int fd, struct tag_sink *sink);

/* Reads up to TAG_PART_BYTES_MAX bytes. Return: what is there of them (*got), which the caller frees. */
unsigned char *tag_read_part(int fd, int64_t at, uint64_t bytes, size_t *got);

#endif
