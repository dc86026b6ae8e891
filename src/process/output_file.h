/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where render's frames go: a WAV file of ten channels (A B C D Audition, left and right each), or of those of a device, which
 * appears under its name only when it is whole, or one hash a channel. Owner: render.
 */
#ifndef PROCESS_OUTPUT_FILE_H
#define PROCESS_OUTPUT_FILE_H

#include "base/err.h"
#include "engine/engine.h"
#include "pcm/output.h"

#include <stdbool.h>

struct output_choice {
    const char *path;               /* NULL with hash */
    bool hash, dither;
    enum output_format format;
    uint32_t rate;
    uint32_t channels;              /* of a device, which are written in place of the busses; 0: the busses */
};
struct output_file;

struct output_file *output_file_open(const struct output_choice *choice, struct err *err);
int output_file_write(struct output_file *file, const struct engine_output *output, uint32_t frames, struct err *err);
/* Gives the file its name, or prints the hashes. Frees. Return: 0, or -1 with err and no file. */
int output_file_finish(struct output_file *file, struct err *err);
void output_file_discard(struct output_file *file);

#endif
