/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One open media file, whatever decodes it: the face that all decoders share, and the order in
 * which they are tried. Runs in a worker, never anywhere else: it may crash or hang.
 *
 * What a read gives depends on the file and the position alone, bit for bit, never on what was
 * read before: a decoder that remembers is begun anew at fixed places, far enough ahead of what
 * is asked for, or aligned so that it rounds the same way.
 */
#ifndef DECODE_CODEC_H
#define DECODE_CODEC_H

#include "wire/seek_table.h"

#include <stdbool.h>
#include <stdint.h>

struct work_opened;

struct codec {                      /* the first member of every decoder's own struct */
    const struct codec_kind *kind;
};

enum codec_answer {
    CODEC_OPENED,                   /* facts hold */
    CODEC_REFUSED,                  /* this decoder's kind of file, but it cannot be played: facts->text says why */
    CODEC_FOREIGN,                  /* another decoder's */
};
/* A decoder. None of them closes fd, which stays open as long as the codec. */
struct codec_kind {
    /* table: of this file, or NULL; good until it returns. One of another kind is as none. */
    enum codec_answer (*open)(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **codec);
    /* Called with first within the file. Return: frames made, fewer only where the sound ends. */
    uint32_t (*read)(struct codec *codec, int64_t first, uint32_t frames, void *out);
    void (*close)(struct codec *codec);
    /* Makes the seek table of the file, of what is known by now and what has to be walked for it. Return: false if this file
     * needs none. NULL: no file of this decoder's does. */
    bool (*tabulate)(struct codec *codec, struct seek_table *table);
};

/* Before the sandbox: what decoders have to load while files may still be opened. */
void codec_load(void);
/* fd stays the caller's and must stay open. table: made by codec_tabulate() of this file, or NULL. Fills facts, which do not
 * depend on it. Return: NULL if facts->status is not WORK_OK. */
struct codec *codec_open(int fd, const struct seek_table *table, struct work_opened *facts);
/* Decodes frames first.. as samples of the kind the facts say. Return: frames made, fewer only where the sound ends. */
uint32_t codec_read(struct codec *codec, int64_t first, uint32_t frames, void *out);
/* Makes the file's table, for which the rest of it may be walked. */
void codec_tabulate(struct codec *codec, int fd, struct seek_table *table);
void codec_close(struct codec *codec);      /* NULL: nothing */

/* For decoders: facts say that the file cannot be played. Return: CODEC_REFUSED. */
enum codec_answer codec_refuse(struct work_opened *facts, const char *why);
/* Whether channels and rate are within what is played; else facts say why not. */
int codec_check_limits(struct work_opened *facts, int64_t channels, int64_t rate);
/* Whether the file is as long as its header says, or may be played as far as it goes: then facts->text is a warning; else
 * facts say why not. */
int codec_check_length(struct work_opened *facts, int fd);

#endif
